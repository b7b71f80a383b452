"""Opening the longest form of the study, against the same bare widgets of Qt laid out.

The floor is the same tree: for every widget of the opened screen one stock widget of the class of
Qt that it is made from, with the same words, in layouts of the same kind, shown and painted. It
holds no rule, no record, no drawing of our own and no style sheet beyond the application's.
"""

from collections.abc import Callable
from typing import Any

from attrs import frozen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from benchmarks.clinics import founded, no_navigation, ready_application, treated_today
from benchmarks.measure import Cost, Result, alternately, least, run
from msclinic.services.entry import FormEntry
from msclinic.services.session import Session
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.tasks import Tasks

__all__ = ["measure"]

_SIZE = (1286, 664)
_BEYOND = (
    "The floor is what Qt takes for as many widgets. The rest is asked anew at every opening, "
    "because others may have changed it: who may open the form now, its answers and the facts "
    "that its rules need (infusions, gates, laboratory, locks), every rule of all its items, "
    "the visit in its schedule, and how far each section is."
)
# The classes of Qt that hold something of their own; everything else is a bare QWidget.
_STOCK: tuple[type[QWidget], ...] = (
    QLabel,
    QLineEdit,
    QComboBox,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QAbstractButton,
    QFrame,
)


@frozen
class _Bare:
    """What is to be made again, without its owner.

    Attributes:
        make: The stock class.
        text: Its words.
        hidden: Whether it does not show.
        lines: Its layout, or none.
        inner: Widgets that no layout holds: pages of a stack, what a scroll area shows.
    """

    make: type[QWidget]
    text: str
    hidden: bool
    lines: "_Lines | None"
    inner: tuple["_Bare", ...]


@frozen
class _Lines:
    """A layout: across, down or a grid, and what lies in it."""

    kind: str
    parts: tuple[tuple["_Bare | _Lines | None", tuple[int, ...]], ...]


def measure(quick: bool) -> list[Result]:
    """Open the form and the bare widgets in turn: as a person opens it, then all of it at once."""
    application = ready_application()
    with founded() as (_, clinic):
        participant = treated_today(clinic, 1, 1)
        session = clinic.session("NUR-04")
        form = max(session.study.forms.values(), key=_length)
        visit = next(
            one.code for one in session.study.visits for own in one.forms if own.form == form.oid
        )
        rounds = 1 if quick else 15
        results = [
            _compare(
                application,
                f"opening {form.oid}, {_length(form)} items",
                lambda: _screen(session, participant, visit, form.oid),
                rounds,
                1.5,
                _BEYOND,
            ),
            _compare(
                application,
                f"all items of {form.oid} on one page",
                lambda: _panel(session, participant, visit, form.oid),
                rounds,
                None,
            ),
        ]
    return results


def _length(form: Any) -> int:
    return sum(len(group.items) for group in form.item_groups)


def _screen(session: Session, participant: str, visit: str, form: str) -> QWidget:
    tasks = Tasks()
    return FormScreen(session, no_navigation(), tasks, participant, visit, "1", form, "1")


def _panel(session: Session, participant: str, visit: str, form: str) -> QWidget:
    entry = FormEntry(session, participant, visit, form)
    page = QWidget()
    lines = QVBoxLayout(page)
    lines.addWidget(ItemsPanel(entry, [group.oid for group in entry.form.item_groups]))
    return page


def _compare(
    application: QApplication,
    name: str,
    make: Callable[[], QWidget],
    rounds: int,
    goal: float | None,
    beyond: str = "",
) -> Result:
    model = _shown(application, make)
    bare = _bare(model)
    count = len(model.findChildren(QWidget))
    _gone(application, model)
    kept: list[QWidget] = []

    def floor() -> None:
        kept.append(_shown(application, lambda: _made(bare)))

    def program() -> None:
        kept.append(_shown(application, make))

    def one_round() -> None:
        while kept:
            _gone(application, kept.pop())

    floor()
    one_round()
    costs: list[tuple[Cost, Cost]] = []
    for _ in range(rounds):
        costs.append(alternately(floor, program, 1))
        one_round()
    return Result(
        name,
        f"{count} stock widgets of Qt with the same words and layouts",
        least([one for one, _ in costs]),
        least([one for _, one in costs]),
        goal,
        beyond,
    )


def _shown(application: QApplication, make: Callable[[], QWidget]) -> QWidget:
    page = make()
    page.resize(*_SIZE)
    page.show()
    application.processEvents()
    page.repaint()
    return page


def _gone(application: QApplication, page: QWidget) -> None:
    page.hide()
    page.deleteLater()
    application.processEvents()


def _bare(widget: QWidget) -> _Bare:
    make = next((kind for kind in _STOCK if isinstance(widget, kind)), QWidget)
    text = getattr(widget, "text", None)
    lines = widget.layout()
    held = _held(lines) if lines is not None else set()
    inner: list[QWidget] = []
    if isinstance(widget, QScrollArea):
        inner = [one for one in (widget.widget(),) if one is not None]
    elif isinstance(widget, QStackedWidget):
        pages = (widget.widget(place) for place in range(widget.count()))
        inner = [one for one in pages if one is not None]
        lines = None
    elif make not in (QComboBox, QLineEdit, QPlainTextEdit):
        inner = [
            child
            for child in widget.children()
            if isinstance(child, QWidget) and child not in held and not child.isWindow()
        ]
    return _Bare(
        QPushButton if make is QAbstractButton else make,
        str(text()) if callable(text) else "",
        widget.isHidden(),
        _lines(lines) if lines is not None else None,
        tuple(_bare(one) for one in inner),
    )


def _held(lines: QLayout) -> set[QWidget]:
    found: set[QWidget] = set()
    for place in range(lines.count()):
        item = lines.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            found.add(widget)
        if inner is not None:
            found |= _held(inner)
    return found


def _lines(lines: QLayout) -> _Lines:
    kind = "down"
    if isinstance(lines, QGridLayout):
        kind = "grid"
    elif isinstance(lines, QBoxLayout) and lines.direction() in (
        QBoxLayout.Direction.LeftToRight,
        QBoxLayout.Direction.RightToLeft,
    ):
        kind = "across"
    parts: list[tuple[_Bare | _Lines | None, tuple[int, ...]]] = []
    for place in range(lines.count()):
        item = lines.itemAt(place)
        if item is None:
            continue
        where: tuple[int, ...] = ()
        if isinstance(lines, QGridLayout):
            found: Any = lines.getItemPosition(place)
            where = tuple(int(one) for one in found)
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            parts.append((_bare(widget), where))
        elif inner is not None:
            parts.append((_lines(inner), where))
        else:
            parts.append((None, where))
    return _Lines(kind, tuple(parts))


def _made(bare: _Bare) -> QWidget:
    widget = bare.make()
    if bare.text and isinstance(widget, QLabel | QLineEdit | QPushButton):
        widget.setText(bare.text)
    for one in bare.inner:
        child = _made(one)
        if isinstance(widget, QScrollArea):
            widget.setWidget(child)
            widget.setWidgetResizable(True)
        elif isinstance(widget, QStackedWidget):
            widget.addWidget(child)
        else:
            child.setParent(widget)
    if bare.lines is not None:
        widget.setLayout(_laid(bare.lines))
    if bare.hidden:
        widget.hide()
    return widget


def _laid(lines: _Lines) -> QLayout:
    if lines.kind == "grid":
        grid = QGridLayout()
        for part, where in lines.parts:
            place, across, rows, columns = where
            if isinstance(part, _Bare):
                grid.addWidget(_made(part), place, across, rows, columns)
            elif isinstance(part, _Lines):
                grid.addLayout(_laid(part), place, across, rows, columns)
        return grid
    level = lines.kind == "across"
    box = QBoxLayout(
        QBoxLayout.Direction.LeftToRight if level else QBoxLayout.Direction.TopToBottom
    )
    for part, _ in lines.parts:
        if isinstance(part, _Bare):
            box.addWidget(_made(part))
        elif isinstance(part, _Lines):
            box.addLayout(_laid(part))
        else:
            box.addStretch(1)
    return box


if __name__ == "__main__":
    run(measure)
