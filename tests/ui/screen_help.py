"""What tests of screens share: a navigator that remembers, a shown page, a made-up participant."""

from datetime import timedelta

from attrs import define, field
from PySide6.QtWidgets import QApplication, QWidget
from tests.clinic import Clinic
from tests.ui.clipping import clipping_faults

from msclinic.services.visits import book_visit, open_visit
from msclinic.ui.navigation import Navigator
from msclinic.ui.style import apply_theme
from msclinic.wording import set_language

__all__ = ["Visited", "been_read", "booked_today", "cut_cells", "faults_of", "screened"]


@define
class Visited:
    """Where a screen has sent the person, in order."""

    places: list[tuple[str, ...]] = field(factory=list)
    errors: list[Exception] = field(factory=list)

    def navigator(self) -> Navigator:
        def going(place: str):
            return lambda *ids: self.places.append((place, *ids))

        names = (
            "today",
            "participants",
            "participant",
            "form",
            "run",
            "exam",
            "documents",
            "over_time",
        )
        return Navigator(**{name: going(name) for name in names}, say=self.errors.append)


def screened(clinic: Clinic, number: int) -> str:
    """A participant screened four weeks ago; the clock is back at today afterwards."""
    participant = clinic.enrol(number)
    day = clinic.clock.now().astimezone(clinic.session("CRC-01").zone).date()
    open_visit(clinic.session("CRC-01"), participant, "SCR", day - timedelta(days=28))
    return participant


def booked_today(clinic: Clinic, number: int, chair: int | None) -> str:
    """A participant expected today for infusion 1."""
    participant = screened(clinic, number)
    day = clinic.clock.now().astimezone(clinic.session("CRC-01").zone).date()
    book_visit(clinic.session("CRC-01"), participant, "V1", day, chair)
    return participant


def faults_of(qtbot, make, room: tuple[int, int], language: str, scale: int, ready) -> list[str]:
    """What is cut on a screen of a size, in a language, at a text scale."""
    application = QApplication.instance()
    set_language(language)
    apply_theme(application, "light", scale)
    screen: QWidget = make()
    qtbot.addWidget(screen)
    screen.resize(*room)
    screen.show()
    qtbot.waitUntil(lambda: ready(screen))
    # Layouts in layouts settle one level at a time.
    for _ in range(8):
        application.processEvents()
    return clipping_faults(screen, room)


def cut_cells(table) -> list[str]:
    """Cells and headings of a table that do not show all their words."""
    model, header = table.model(), table.horizontalHeader()
    return [
        f"column {place} has {table.columnWidth(place)} of "
        f"{max(table.sizeHintForColumn(place), header.sectionSizeHint(place))} px"
        for place in range(model.columnCount())
        if not getattr(table, "folded", False)
        and table.columnWidth(place)
        < max(table.sizeHintForColumn(place), header.sectionSizeHint(place))
    ]


def been_read(qtbot, screen) -> None:
    """Wait until what a screen reads beside the window is shown."""
    qtbot.waitUntil(lambda: not screen.reading.waiting, timeout=20_000)
