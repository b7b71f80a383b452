"""A new recovery key, shown once: to be printed or written down, then gone from the screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter

from msclinic.ui.entrance.first_run import print_recovery_sheet
from msclinic.ui.widgets import Button, Card, label, row
from msclinic.wording import tr

__all__ = ["KeyCard"]


class KeyCard(Card):
    """The key, a way to print it, and a button once it is kept.

    Signals:
        kept: It was written down or printed; the card may go.
    """

    kept = Signal()

    def __init__(self, site: str, key: str) -> None:
        super().__init__(margin=24, gap=8)
        self._site, self._key = site, key
        self.shown = label(key, "section", wrap=True)
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.body.addWidget(label(tr("The new recovery key"), "section"))
        self.body.addWidget(self.shown)
        self.body.addWidget(
            label(
                tr("Keep it in the safe, away from this computer, and destroy the old sheet."),
                "secondary",
                "text2",
                wrap=True,
            )
        )
        self._print = Button(tr("Print…"), icon="printer", size=44)
        self._print.setObjectName("people/key/print")
        self._done = Button(tr("It is kept"), "primary", size=44)
        self._done.setObjectName("people/key/kept")
        foot = row(gap=12)
        foot.addStretch(1)
        foot.addWidget(self._print)
        foot.addWidget(self._done)
        self.body.addLayout(foot)
        self.setFocusProxy(self._print)
        self._print.clicked.connect(self._ask_printer)
        self._done.clicked.connect(self._is_kept)

    def forget(self) -> None:
        """Drop the key."""
        self._key = ""
        self.shown.setText("")

    def _ask_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec():
            print_recovery_sheet(printer, self._site, self._key)

    def _is_kept(self) -> None:
        self.forget()
        self.kept.emit()
