"""A child process that ends once its first window is painted; ``start`` measures it from outside.

``empty`` opens a bare window of PySide6; ``program HOME`` runs the program itself, with nothing of
its own replaced. In both Qt's event loop runs until the window is exposed, paints once more what
is there, and the process ends.
"""

import os
import sys
import time


def _until_painted(*_: object) -> int:
    from PySide6.QtWidgets import QApplication, QWidget

    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    handles = [handle for one in windows if (handle := one.windowHandle()) is not None]
    while not all(handle.isExposed() for handle in handles):
        QApplication.processEvents()
    QApplication.processEvents()
    for one in windows:
        one.repaint()
    names = {type(one).__name__ for one in windows[0].findChildren(QWidget)} if windows else set()
    print("painted", time.process_time(), *sorted(names), flush=True)
    os._exit(0)


def _empty() -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    application = QApplication(["empty"])
    window = QWidget()
    window.resize(1366, 768)
    window.show()
    _until_painted(application)


def _program(home: str) -> None:
    # In the order of the installed program, whose own modules come before Qt's.
    from msclinic.program import main  # isort: skip
    from PySide6.QtWidgets import QApplication

    QApplication.exec = _until_painted  # type: ignore[method-assign]
    sys.argv = ["msclinic", "--home", home]
    main()


if __name__ == "__main__":
    _empty() if sys.argv[1] == "empty" else _program(sys.argv[2])
