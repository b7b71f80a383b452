"""The journal on screen: filtered, scrolled, opened, reviewed, exported, names taken out."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.modeltest import ModelTester
from tests.clinic import PASSWORDS
from tests.ui.screen_help import Visited, faults_of

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.journal_model import Criteria
from msclinic.services.journal_reading import find, item_lines
from msclinic.services.journal_review import reviews
from msclinic.services.session import Refused
from msclinic.ui import places
from msclinic.ui.journal import screen as journal_module
from msclinic.ui.journal.screen import JournalScreen
from msclinic.ui.tasks import Tasks

ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def visited() -> Visited:
    return Visited()


def ready(screen: JournalScreen) -> bool:
    return (
        not screen.reading.waiting
        and screen._filling is None
        and screen._offered is not None
        and (not screen.model.rowCount() or screen.model.line(0) is not None)
    )


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str = "CRC-01") -> JournalScreen:
        tasks = Tasks()
        screen = JournalScreen(clinic.session(account), visited.navigator(), tasks)
        screen.tasks_of_test = tasks
        tasks.changed.connect(screen.refresh)
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: ready(screen))
        return screen

    return make


def typed(clinic) -> tuple[str, str]:
    """A participant whose allergy text holds a name; gives random id and path."""
    participant = clinic.enrol(7)
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    ref = entry.ref("ALLERGY_TEXT")
    entry.answer(ref, "pollen, says Mrs Kowalska", reason={"code": "2", "text": ""})
    return participant, entry.path(ref)


def choose(qtbot, screen, field, code: str) -> None:
    field.answered.emit(Code(code))
    qtbot.waitUntil(lambda: ready(screen))


def opened(qtbot, screen, participant: str) -> None:
    """The entry with the name, open at the right."""
    choose(qtbot, screen, screen.filters.participant, participant)
    choose(qtbot, screen, screen.filters.form, "demography")
    choose(qtbot, screen, screen.filters.item, "ALLERGY_TEXT")
    screen.table.selectRow(0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)


@pytest.mark.requirement("R-AUD-7")
def test_filters_leave_what_fits_and_clearing_gives_all_back(show, clinic, qtbot):
    participant, _ = typed(clinic)
    screen = show()
    everything = screen.model.rowCount()
    assert everything == len(find(clinic.session("CRC-01"), Criteria()))
    choose(qtbot, screen, screen.filters.participant, participant)
    choose(qtbot, screen, screen.filters.form, "demography")
    choose(qtbot, screen, screen.filters.act, "group:answers")
    assert screen.criteria.acts == ("answered", "computed")
    shown = screen.model.rowCount()
    assert 0 < shown < everything
    screen.filters.participant.edit.setText("")
    screen.filters.participant.commit()
    qtbot.waitUntil(lambda: ready(screen))
    assert screen.criteria.participant == ""
    screen.filters.clear.click()
    qtbot.waitUntil(lambda: ready(screen))
    assert screen.model.rowCount() >= everything


def test_only_rows_in_view_are_read_however_long_the_journal_is(show, clinic, qtbot, monkeypatch):
    for number in range(1, 9):
        clinic.enrol(number)
    asked: list[int] = []
    real = journal_module.journal_lines

    def counted(session, positions):
        asked.append(len(positions))
        return real(session, positions)

    monkeypatch.setattr(journal_module, "journal_lines", counted)
    screen = show()
    assert screen.model.rowCount() > 150
    first, last = screen.table.rows_in_view()
    assert max(asked) <= last - first + 1 + 2 * journal_module._MARGIN_ROWS
    end = screen.model.rowCount() - 1
    screen.table.scrollToBottom()
    qtbot.waitUntil(lambda: screen.model.line(end) is not None)
    assert sum(asked) < screen.model.rowCount()


@pytest.mark.requirement("R-AUD-7")
def test_enter_opens_an_entry_and_leads_to_its_field(show, clinic, visited, qtbot):
    participant, _ = typed(clinic)
    screen = show()
    opened(qtbot, screen, participant)
    words = [one.text() for one in screen.detail.findChildren(QLabel)]
    assert "Changed penicillin, rash → pollen, says Mrs Kowalska" in words
    assert "CRC 01 · Study coordinator" in words
    qtbot.mouseClick(screen.detail.go, Qt.MouseButton.LeftButton)
    assert visited.places == [
        ("form", participant, "SCR", "1", "demography", "1", ("allergy", "1", "ALLERGY_TEXT"))
    ]


@pytest.mark.requirement("R-AUD-8")
def test_a_filtered_list_is_marked_as_reviewed_and_what_came_since_is_shown(show, clinic, qtbot):
    participant, _ = typed(clinic)
    screen = show("MON-01")
    choose(qtbot, screen, screen.filters.participant, participant)
    screen.review_button.click()
    screen.reviews.note.edit.setText("nothing odd")
    screen.reviews.mark.click()
    qtbot.waitUntil(lambda: len(reviews(clinic.session("MON-01"))) == 1)
    qtbot.waitUntil(lambda: ready(screen))
    (review,) = reviews(clinic.session("MON-01"))
    assert (review.note, review.criteria.participant) == ("nothing odd", participant)
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1980)
    screen.reviews.since_asked.emit(review)
    qtbot.waitUntil(lambda: screen.model.rowCount() == 1 and ready(screen))
    assert screen.model.line(0).spot.item == "BRTHYY"


@pytest.mark.requirement("R-AUD-4")
def test_two_persons_remove_a_name_at_one_screen(show, clinic, qtbot):
    participant, path = typed(clinic)
    screen = show()
    opened(qtbot, screen, participant)
    qtbot.mouseClick(screen.detail.remove, Qt.MouseButton.LeftButton)
    panel = screen.removal
    assert panel.value.isChecked()
    panel.reason.edit.setText("a name was typed")
    panel.who.answered.emit(Code("PI-01"))
    panel.password.edit.setText("wrong")
    panel.enter.click()
    qtbot.waitUntil(lambda: panel._problem.isVisible())
    assert panel.password.edit.text() == ""
    panel.password.edit.setText(PASSWORDS["PI-01"])
    panel.enter.click()
    session = clinic.session("CRC-01")
    qtbot.waitUntil(
        lambda: any("value" in one.row.removed for one in item_lines(session, participant, path))
    )
    qtbot.waitUntil(lambda: not screen._side.isVisible() and ready(screen))
    told = [screen.model.data(screen.model.index(row, 3)) for row in range(screen.model.rowCount())]
    assert "Personal data removed" in told
    assert not any("Kowalska" in one for one in told)


def test_who_lacks_the_right_is_not_offered_to_remove(show, clinic, qtbot):
    participant, _ = typed(clinic)
    screen = show("MON-01")
    opened(qtbot, screen, participant)
    assert screen.detail.isVisible()
    assert not screen.detail.remove.isVisible()


@pytest.mark.requirement("R-AUD-7")
def test_what_is_listed_is_what_the_file_holds(show, clinic, qtbot, tmp_path):
    participant, _ = typed(clinic)
    screen = show("DM-01")
    choose(qtbot, screen, screen.filters.participant, participant)
    listed = screen.model.rowCount()
    out = tmp_path / "journal.json"
    screen.export(out, "json")
    qtbot.waitUntil(out.exists)
    qtbot.waitUntil(lambda: "written" in screen._head._progress.text())
    assert len(json.loads(out.read_text("utf-8"))["entries"]) == listed


@pytest.mark.requirement("R-BLD-6")
def test_the_rail_has_the_journal_for_those_who_read_it_only(clinic):
    for account, has in {
        "PI-01": True,
        "PHY-01": True,
        "CRC-01": True,
        "DM-01": True,
        "MON-01": True,
        "NUR-04": False,
        "RAT-02": False,
        "ASSESSOR-01": False,
        "PREP-01": False,
        "ADMIN-01": False,
    }.items():
        session = clinic.session(account)
        keys = [one.key for one in places.rail_entries(session)]
        assert ("journal" in keys) is has, account
        if not has:
            with pytest.raises(Refused):
                places.journal_screen(session, Visited().navigator(), Tasks())


def test_nothing_is_left_behind_when_the_screen_goes(show, clinic):
    typed(clinic)
    screen = show()
    screen.release()
    assert screen.model.rowCount() == 0
    assert screen.detail.line is None


def test_the_model_keeps_qts_rules(show, clinic, qtbot):
    typed(clinic)
    screen = show()
    ModelTester(None).check(screen.model)


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("panel", ["", "detail", "removal", "reviews"])
def test_nothing_is_cut(qtbot, clinic, visited, language, scale, panel):
    participant, _ = typed(clinic)
    session = clinic.session("CRC-01")

    def make() -> JournalScreen:
        screen = JournalScreen(session, visited.navigator(), Tasks())
        screen.criteria = Criteria(participant=participant)
        screen.filters.show_criteria(screen.criteria)
        screen._find()
        return screen

    def shown(screen: JournalScreen) -> bool:
        if not ready(screen):
            return False
        if panel and not screen._side.isVisible():
            screen._open(0)
            if panel == "removal":
                screen._ask_removal()
            elif panel == "reviews":
                screen._open_reviews()
            return False
        return True

    assert faults_of(qtbot, make, ROOM, language, scale, shown) == []
