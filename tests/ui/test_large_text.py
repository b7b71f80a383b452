"""What gives way where text is large: the foot, the head and the lists of the house."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from tests.ui.clipping import clipping_faults

from msclinic.ui.study.matrix import Column, Line, Mark, MatrixModel, MatrixOrList
from msclinic.ui.study.rows import MATRICES, TextModel
from msclinic.ui.style import apply_theme
from msclinic.ui.widgets import PageHead, StepFoot
from msclinic.ui.widgets.table import ListTable

NAMES = "weight, blood pressure, pulse, temperature, respiration"


@pytest.fixture
def large(qapp):
    apply_theme(qapp, "light", 200)


def shown(qtbot, widget, width, height=600):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    for _ in range(6):
        QApplication.processEvents()
    return widget


def foot(qtbot, width: int) -> StepFoot:
    made = StepFoot()
    made.set_left("5 left:", NAMES)
    made.set_next("Next: weight")
    return shown(qtbot, made, width, 300)


@pytest.mark.parametrize("width", [1200, 700, 500, 440])
def test_the_foot_of_a_step_is_whole_at_any_width(qtbot, large, width):
    assert clipping_faults(foot(qtbot, width)) == []


def test_a_narrow_foot_keeps_the_count_and_says_the_names_to_assistive_tools(qtbot, large):
    wide, narrow = foot(qtbot, 1200), foot(qtbot, 480)
    assert "temperature" in wide._words.text()
    assert "temperature" not in narrow._words.text()
    assert "5 left" in narrow._words.text()
    assert narrow._words.accessibleName() == f"5 left: {NAMES}"


def test_a_foot_that_has_room_again_shows_the_names_again(qtbot, large):
    made = foot(qtbot, 480)
    made.resize(1200, 120)
    QApplication.processEvents()
    assert "temperature" in made._words.text()


@pytest.mark.parametrize("width", [1100, 640, 420])
def test_the_head_of_a_page_leaves_out_the_note_before_the_progress(qtbot, large, width):
    head = PageHead("Body weight, laboratory, baseline")
    head.set_title("Body weight, laboratory, baseline", "Fit to dose")
    head.set_progress("3 of 47 answered")
    shown(qtbot, head, width, 120)
    assert clipping_faults(head) == []
    assert not head._note.isVisible() or head._progress.isVisible()


def people() -> TextModel:
    rows = [
        (f"NUR 0{number}", "Infusion nurse", "issued and witnessed", "may sign in")
        for number in range(1, 6)
    ]
    return TextModel(("Account", "Role", "Certificate", "State"), rows, ())


def test_columns_that_fit_stay_columns(qtbot):
    table = shown(qtbot, ListTable("People", people()), 900)
    assert not table.folded
    assert not table.horizontalHeader().isHidden()
    assert clipping_faults(table) == []


@pytest.mark.parametrize("width", [700, 480])
def test_a_row_without_room_for_its_columns_flows_in_lines(qtbot, large, width):
    table = shown(qtbot, ListTable("People", people()), width)
    assert table.folded
    assert table.horizontalHeader().isHidden()
    assert clipping_faults(table) == []
    with qtbot.waitSignal(table.opened) as opened:
        table.selectRow(2)
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [2]


def test_a_list_unfolds_when_it_gets_its_room_back(qtbot, large):
    table = shown(qtbot, ListTable("People", people()), 480)
    table.resize(1800, 600)
    QApplication.processEvents()
    assert not table.folded
    assert not any(table.isColumnHidden(place) for place in range(4))


def test_a_very_long_list_does_not_measure_each_row(qtbot, large):
    rows = [(f"PL01-{number:03}", "b. 1981 · F · PPMS", "Month 3") for number in range(3000)]
    table = shown(qtbot, ListTable("P", TextModel(("Code", "Facts", "Visit"), rows, ())), 420)
    assert table.folded
    heights = {table.rowHeight(place) for place in (0, 1500, 2999)}
    assert len(heights) == 1
    assert clipping_faults(table) == []


def matrix() -> MatrixModel:
    always, needed = Mark(True, "always"), Mark(False, "when needed")
    return MatrixModel(
        "Form",
        [Column("SCR", "Screening", "day −28"), Column("V1", "Baseline and infusion 1", "day 1")],
        [Line("Tests"), Line("Nine-hole peg test", (always, None)), Line("MRI", (needed, always))],
    )


def test_a_mark_is_read_aloud_with_its_line_and_column(qtbot):
    model = matrix()
    ModelTester(None).check(model)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(1, 1), role) == "Nine-hole peg test, Screening: always"
    assert model.data(model.index(1, 2), role) == "Nine-hole peg test, Baseline and infusion 1: no"
    assert model.legend() == {True: "always", False: "when needed"}


def test_marks_where_they_fit_and_words_where_they_do_not(qtbot, large):
    words = ListTable("Schedule", people(), flows=True)
    both = shown(qtbot, MatrixOrList("Schedule", matrix(), words), 1100)
    assert both.matrix.isVisible()
    assert not words.isVisible()
    assert clipping_faults(both) == []
    both.resize(500, 600)
    for _ in range(4):
        QApplication.processEvents()
    assert words.isVisible()
    assert not both.matrix.isVisible()
    assert clipping_faults(both) == []


@pytest.mark.parametrize("key", MATRICES)
def test_the_marks_say_what_the_study_says(clinic, key):
    study = clinic.session("PI-01").study
    model = MATRICES[key](study)
    every = [model.row(place) for place in range(model.rowCount())]
    titles = [line.title for line in every]
    end = titles.index("Signatures") if key == "roles" else len(every)
    lines = {line.title: line.marks for line in every[:end]}
    for form in {one.form for visit in study.visits for one in visit.forms}:
        marks = lines[study.form(form).title.text("en")]
        for column, mark in zip(model.across, marks, strict=True):
            if key == "roles":
                enters = study.may(column.code, "enter", form)
                assert (mark is not None and mark.filled) == enters
            else:
                asked = {one.form: one.required for one in study.visit(column.code).forms}
                assert (None if mark is None else mark.filled) == asked.get(form)
