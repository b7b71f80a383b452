"""The Documents screen over a real clinic: real pages, real signatures."""

import subprocess

import pytest
from PySide6.QtGui import QImage
from tests.clinic import PASSWORDS
from tests.ui.clipping import clipping_faults
from tests.visit_day import VISIT

from msclinic.services.documents import documents_of, finish_summary, preview_summary
from msclinic.services.entry import FormEntry
from msclinic.ui.documents.preview import render_pages
from msclinic.ui.documents.screen import DocumentsScreen
from msclinic.ui.navigation import Navigator
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language


@pytest.fixture
def said() -> list[Exception]:
    return []


@pytest.fixture
def opened(day, qtbot, said):
    clinic, participant = day
    made: list[tuple[DocumentsScreen, Tasks]] = []

    def nothing(*_places: str) -> None:
        return

    def opening(account: str, visit: str = VISIT) -> DocumentsScreen:
        tasks = Tasks()
        go = Navigator(*[nothing] * 8, say=said.append)
        screen = DocumentsScreen(clinic.session(account), go, tasks, participant, visit)
        qtbot.addWidget(screen)
        screen.resize(1286, 600)
        screen.show()
        made.append((screen, tasks))
        settle(qtbot, tasks)
        return screen

    yield opening
    for screen, tasks in made:
        screen.release()
        tasks.wait()


def settle(qtbot, tasks: Tasks) -> None:
    qtbot.waitUntil(tasks.idle, timeout=20_000)


def sign(qtbot, screen: DocumentsScreen, password: str) -> None:
    screen.panel.sign.click()
    card = screen.signing._card
    card.password.edit.setText(password)
    card.sign.click()
    settle(qtbot, screen.tasks)


def test_a_draft_is_shown_where_nothing_was_made(opened, day):
    screen = opened("CRC-01")
    assert screen.current == ""
    assert screen.preview.widget().findChildren(object)
    assert "Pages: " in screen._pages.text()
    assert documents_of(day[0].session("CRC-01"), day[1]) == []


def test_pages_are_pictures_of_the_whole_document(day):
    clinic, participant = day
    session = clinic.session("CRC-01")
    pages = render_pages(preview_summary(session, participant, VISIT), "100", 500, 1.0)
    assert len(pages.images) >= 3
    first = pages.images[0]
    assert (first.width(), first.height()) == (794, 1123)
    assert not first.allGray()
    assert first.format() == QImage.Format.Format_RGB32


def test_made_signed_by_nurse_then_physician_and_shown_as_complete(opened, day, qtbot, said):
    clinic, participant = day
    coordinator = opened("CRC-01")
    coordinator.panel.make.click()
    settle(qtbot, coordinator.tasks)
    assert coordinator.panel._chip.text() == "2 of 2 missing"
    assert not coordinator.panel.sign.isEnabled()
    physician = opened("PHY-01")
    assert "the nurse signs first" in physician.panel.sign.accessibleName()
    nurse = opened("NUR-04")
    sign(qtbot, nurse, PASSWORDS["NUR-04"])
    assert nurse.panel._chip.text() == "1 of 2 missing"
    physician.reload()
    settle(qtbot, physician.tasks)
    sign(qtbot, physician, PASSWORDS["PHY-01"])
    (document,) = documents_of(clinic.session("CRC-01"), participant)
    assert document.state == "complete"
    assert physician.panel._chip.text() == "complete"
    assert said == []


def test_a_wrong_password_is_said_in_the_panel_and_signs_nothing(opened, day, qtbot):
    clinic, participant = day
    finish_summary(clinic.session("CRC-01"), participant, VISIT)
    nurse = opened("NUR-04")
    sign(qtbot, nurse, "this is not my password")
    assert nurse.signing.isVisible()
    assert not nurse.signing.waiting
    (document,) = documents_of(clinic.session("CRC-01"), participant)
    assert document.signatures == ()


def test_a_changed_visit_makes_the_document_out_of_date(opened, day):
    clinic, participant = day
    finish_summary(clinic.session("CRC-01"), participant, VISIT)
    entry = FormEntry(clinic.session("NUR-04"), participant, VISIT, "after_infusion")
    entry.answer(entry.ref("E10"), "Późniejsza uwaga.")
    screen = opened("NUR-04")
    assert screen.current == ""
    screen.show_document(screen._documents[0].id)
    assert screen.panel._chip.text() == "out of date"
    assert not screen.panel.sign.isVisible()


def test_a_copy_is_written_whole_and_pdfsig_reads_it(opened, day, qtbot, tmp_path):
    clinic, participant = day
    finish_summary(clinic.session("CRC-01"), participant, VISIT)
    nurse = opened("NUR-04")
    sign(qtbot, nurse, PASSWORDS["NUR-04"])
    nurse.save_copy(tmp_path / "copy.pdf")
    settle(qtbot, nurse.tasks)
    told = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "copy.pdf"], capture_output=True, text=True, check=False
    )
    assert "Signature is Valid" in told.stdout


def test_the_rater_sees_no_list_and_no_page(opened):
    screen = opened("RAT-02")
    assert screen.pane.isVisible()
    assert not screen.entries.isVisible()


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_is_clipped(opened, day, qapp, language, scale):
    clinic, participant = day
    finish_summary(clinic.session("CRC-01"), participant, VISIT)
    set_language(language)
    apply_theme(qapp, "light", scale)
    try:
        screen = opened("NUR-04")
        assert clipping_faults(screen, (1286, 664)) == []
    finally:
        apply_theme(qapp)
