import sys
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from tests.ui.clipping import clipping_faults

from msclinic.domain.values import Code, Codes, Finding, Missing, PartialDate
from msclinic.forms.definitions import Codelist, CodelistItem, ItemDefinition, Text
from msclinic.reports.primitives import Circle, Line, Polygon, Rect, TextMark
from msclinic.ui.chart_view import ChartView
from msclinic.ui.editors import EditorSetting, ItemGrid, make_editor
from msclinic.ui.icons import MEANINGS, icon_pixmap
from msclinic.ui.shell import RailEntry, Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Banner,
    Button,
    ChairBadge,
    ChairTab,
    Chip,
    Choice,
    CodeCombo,
    DateField,
    DateTimeField,
    DockSlot,
    FieldState,
    FindingPanel,
    Gate,
    Identity,
    MultiChoice,
    NumberField,
    PageHead,
    PartialDateField,
    PasswordField,
    Reason,
    ReasonBar,
    ReasonChoice,
    Segmented,
    StatePane,
    Step,
    StepFoot,
    StepList,
    TextField,
    column,
    keyed,
    row,
    scrolled,
)
from msclinic.wording import set_language

WARSAW = ZoneInfo("Europe/Warsaw")
REASONS = (
    ReasonChoice("1", "Mistyped"),
    ReasonChoice("2", "Rechecked, correct"),
    ReasonChoice("5", "Other…", needs_text=True),
)


def now():
    return datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


def shown(qtbot, widget, focus=None):
    """Put a widget into a window of its own, active, with a second field to leave to."""
    window = QWidget()
    qtbot.shown_window = window  # qtbot itself holds widgets weakly
    line = QHBoxLayout(window)
    line.addWidget(widget)
    beyond = QLineEdit()
    beyond.setObjectName("beyond")
    line.addWidget(beyond)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    (focus or widget).setFocus()
    qtbot.waitUntil(lambda: window.focusWidget() is not None)
    return beyond


def heard(signal):
    said = []
    signal.connect(said.append)
    return said


def text(english, polish=""):
    return Text({"en": english, "pl": polish or english})


def item(kind="integer", **more):
    codes = more.pop("codes", ())
    if codes:
        more["codelist"] = Codelist("X", tuple(CodelistItem(c, text(w)) for c, w in codes))
    return ItemDefinition(oid="X", label=text("Pulse", "Tętno"), type=kind, **more)


def setting(**more):
    return EditorSetting("en", WARSAW, now, reasons=REASONS, **more)


def test_qt_binding_keeps_the_reference_count_of_none(qapp):
    # PySide6 6.12.0 takes one reference from None with each call on Python below 3.12 and so
    # ends the program after some thousand calls.
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.update()
    assert sys.getrefcount(None) > before - 250


# Choices


def test_digit_answers_a_graded_item(qtbot):
    graded = Segmented("Hip flexors", keyed([(str(g), str(g)) for g in (5, 4, 3, 2, 1, 0)]))
    said = heard(graded.answered)
    shown(qtbot, graded)
    qtbot.keyClicks(graded, "3")
    assert said == [Code("3")]
    assert graded.answer() == Code("3")


def test_same_digit_again_says_nothing_new(qtbot):
    graded = Segmented("Grade", keyed([("0", "0"), ("1", "1")]))
    graded.set_answer(Code("1"))
    said = heard(graded.answered)
    shown(qtbot, graded)
    qtbot.keyClicks(graded, "1")
    assert said == []


def test_words_without_digits_are_counted_from_one():
    assert [c.key for c in keyed([("AIR", "Air"), ("O2", "Oxygen")])] == ["1", "2"]
    assert [c.key for c in keyed([("A", "Alert"), ("C", "Confused")])] == ["A", "C"]
    assert [c.key for c in keyed([("x1", "0 normal"), ("x2", "1 tires")])] == ["0", "1"]


def test_arrows_walk_and_space_answers(qtbot):
    graded = Segmented("Serious", keyed([("N", "No"), ("Y", "Yes")]))
    said = heard(graded.answered)
    shown(qtbot, graded)
    qtbot.keyClick(graded, Qt.Key.Key_Right)
    qtbot.keyClick(graded, Qt.Key.Key_Right)
    assert said == []
    qtbot.keyClick(graded, Qt.Key.Key_Space)
    assert said == [Code("Y")]


def test_enter_goes_on_to_the_next_field(qtbot):
    graded = Segmented("Serious", keyed([("N", "No"), ("Y", "Yes")]))
    beyond = shown(qtbot, graded)
    qtbot.keyClick(graded, Qt.Key.Key_Return)
    assert beyond.hasFocus()


def test_proposal_is_no_answer():
    graded = Segmented("Grade", keyed([("0", "0"), ("3", "3")]))
    graded.set_proposal("3")
    assert graded.answer() is None
    assert not any(cell.isChecked() for cell in graded.cells)


def test_read_only_choice_cannot_be_changed(qtbot):
    graded = Segmented("Grade", keyed([("0", "0"), ("3", "3")]))
    graded.set_read_only(True)
    said = heard(graded.answered)
    shown(qtbot, graded)
    qtbot.keyClicks(graded, "3")
    qtbot.mouseClick(graded.cells[1], Qt.MouseButton.LeftButton)
    assert said == []


def test_none_and_symptoms_exclude_each_other(qtbot):
    grid = MultiChoice(
        "Symptoms",
        [Choice("NONE", "None", "0"), Choice("ITCH", "Itch", "1"), Choice("RASH", "Rash", "2")],
        none_code="NONE",
    )
    said = heard(grid.answered)
    shown(qtbot, grid)
    qtbot.keyClicks(grid, "210")
    assert said == [Codes(("RASH",)), Codes(("ITCH", "RASH")), Codes(("NONE",))]


def test_long_codelist_is_answered_by_a_part_of_a_word(qtbot):
    combo = CodeCombo("Country", [Choice("PL", "Poland"), Choice("PT", "Portugal")])
    said = heard(combo.answered)
    beyond = shown(qtbot, combo)
    combo.edit.setText("land")
    beyond.setFocus()
    assert said == [Code("PL")]


def test_part_that_fits_two_choices_is_no_answer(qtbot):
    combo = CodeCombo("Country", [Choice("PL", "Poland"), Choice("PT", "Portugal")])
    said, problems = heard(combo.answered), heard(combo.problem)
    shown(qtbot, combo)
    combo.edit.setText("Po")
    assert not combo.commit()
    assert said == []
    assert "several" in problems[-1]


# Typed fields


@pytest.mark.parametrize("typed", ["36,8", "36.8"])
def test_number_is_answered_on_leaving_with_comma_or_point(qtbot, typed):
    field = NumberField("Temperature", decimals=1, unit="°C")
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, typed)
    assert said == []
    beyond.setFocus()
    assert said == [Decimal("36.8")]


def test_count_is_answered_as_an_integer(qtbot):
    field = NumberField("Systolic", integer=True)
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "122")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert said == [122]
    assert type(said[0]) is int
    assert beyond.hasFocus()


def test_leaving_without_a_change_answers_nothing(qtbot):
    field = NumberField("Temperature", decimals=1)
    field.set_answer(Decimal("36.80"))
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    beyond.setFocus()
    assert said == []


def test_number_that_cannot_be_read_stays_and_says_why(qtbot):
    field = NumberField("Temperature", decimals=1)
    said, problems = heard(field.answered), heard(field.problem)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "abc")
    beyond.setFocus()
    assert said == []
    assert "abc" in problems[-1]
    assert field.edit.text() == "abc"


def test_answer_is_never_emptied(qtbot):
    field = NumberField("Pulse", integer=True)
    field.set_answer(78)
    said, problems = heard(field.answered), heard(field.problem)
    beyond = shown(qtbot, field)
    field.edit.clear()
    beyond.setFocus()
    assert said == []
    assert field.edit.text() == "78"
    assert problems


def test_escape_takes_the_typing_back(qtbot):
    field = NumberField("Pulse", integer=True)
    field.set_answer(78)
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "99")
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    beyond.setFocus()
    assert said == []
    assert field.edit.text() == "78"


def test_decimal_mark_follows_the_language(qtbot):
    set_language("pl")
    field = NumberField("Temperatura", decimals=1)
    qtbot.addWidget(field)
    field.set_answer(Decimal("38.2"))
    assert field.edit.text() == "38,2"


def test_missing_answer_is_shown_in_words(qtbot):
    field = NumberField("Pulse", integer=True)
    qtbot.addWidget(field)
    field.set_answer(Missing("NOT_DONE"))
    assert field.edit.text() == "Not done"


def test_date_typed_in_digits_is_read_in_words_after_storing(qtbot):
    field = DateField("Start", now, WARSAW)
    said = heard(field.answered)
    field.answered.connect(field.set_answer)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "22112026")
    beyond.setFocus()
    assert said == [date(2026, 11, 22)]
    assert field.edit.text() == "22 Nov 2026"


def test_moment_typed_in_digits_is_answered_in_utc(qtbot):
    field = DateTimeField("Start", now, WARSAW)
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "221120261042")
    beyond.setFocus()
    assert said == [datetime(2026, 11, 22, 9, 42, tzinfo=UTC)]


@pytest.mark.requirement("R-TIM-1")
def test_the_doubled_hour_says_which_one_it_is_and_takes_the_other_by_its_letters(qtbot):
    late = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    field = DateTimeField("Start", lambda: late, WARSAW)
    said = heard(field.answered)
    field.answered.connect(field.set_answer)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "0230")
    beyond.setFocus()
    assert field.edit.text() == "25 Oct 2026 02:30 CET"
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "0230 CEST")
    beyond.setFocus()
    assert field.edit.text() == "25 Oct 2026 02:30 CEST"
    assert [one.hour for one in said] == [1, 0]


def test_key_n_answers_with_the_present(qtbot):
    field = DateTimeField("Start", now, WARSAW)
    said = heard(field.answered)
    shown(qtbot, field)
    qtbot.keyClick(field.edit, Qt.Key.Key_N)
    assert said == [now()]


def test_partial_date_is_not_completed(qtbot):
    field = PartialDateField("First symptom", now, WARSAW)
    said = heard(field.answered)
    beyond = shown(qtbot, field)
    qtbot.keyClicks(field.edit, "052019")
    beyond.setFocus()
    assert said == [PartialDate("2019-05")]


def test_password_is_handed_out_once_and_gone(qtbot):
    field = PasswordField("Password")
    sent = []
    field.submitted.connect(lambda: sent.append(field.take()))
    shown(qtbot, field)
    qtbot.keyClicks(field.edit, "correct horse battery")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert sent == ["correct horse battery"]
    assert field.edit.text() == ""


# Reasons


def test_one_digit_gives_the_reason(qtbot):
    bar = ReasonBar(REASONS)
    said = heard(bar.chosen)
    shown(qtbot, bar)
    qtbot.keyClicks(bar, "2")
    assert said == [Reason("2")]


def test_other_reason_waits_for_words(qtbot):
    bar = ReasonBar(REASONS)
    said = heard(bar.chosen)
    shown(qtbot, bar)
    qtbot.keyClicks(bar, "5")
    assert said == []
    words = bar.findChild(QLineEdit)
    qtbot.keyClicks(words, "cuff slipped")
    qtbot.keyClick(words, Qt.Key.Key_Return)
    assert said == [Reason("5", "cuff slipped")]


# Editors


def finding(severity="soft"):
    return Finding("V1/x", severity, "PULSE_UNUSUAL", {}, {"en": "Pulse 150.", "pl": "Tętno 150."})


@pytest.mark.parametrize("chair", [True, False])
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("integer", {"unit": "/min"}),
        ("decimal", {"decimals": 1}),
        ("text", {}),
        ("date", {}),
        ("partial_date", {}),
        ("datetime", {}),
        ("code", {"codes": (("N", "No"), ("Y", "Yes"))}),
        ("code", {"codes": tuple((f"C{i}", f"Choice number {i}") for i in range(30))}),
        ("codes", {"codes": (("NONE", "None"), ("A", "Itch"), ("B", "Rash"))}),
    ],
)
def test_every_type_has_an_editor_named_by_its_path(qtbot, chair, kind, more):
    path = "V1/1/vital_signs/1/reading/1/X"
    editor = make_editor(item(kind, **more), path, setting(chair=chair))
    qtbot.addWidget(editor)
    editor.resize(900, 120)
    editor.show()
    assert editor.objectName() == path
    assert editor.accessibleName() == "Pulse"
    interface = QAccessible.queryAccessibleInterface(editor.input)
    assert interface.text(QAccessible.Text.Name) == "Pulse"
    assert clipping_faults(editor) == []


def test_editor_sends_the_answer_of_its_input(qtbot):
    editor = make_editor(item(), "p", setting())
    said = heard(editor.answered)
    beyond = shown(qtbot, editor)
    qtbot.keyClicks(editor.input.edit, "78")
    beyond.setFocus()
    assert said == [78]


def test_soft_finding_is_kept_with_a_digit(qtbot):
    editor = make_editor(item(), "p", setting())
    said = []
    editor.kept.connect(lambda code, reason: said.append((code, reason)))
    shown(qtbot, editor)
    editor.set_answer(150)
    editor.set_findings([finding()], ask=True)
    bar = editor.panel.findChild(ReasonBar)
    assert bar.hasFocus()
    qtbot.keyClicks(bar, "1")
    assert said == [("PULSE_UNUSUAL", Reason("1"))]


@pytest.mark.parametrize("severity", ["impossible", "alert"])
def test_what_cannot_be_kept_or_needs_no_reason_offers_none(qtbot, severity):
    editor = make_editor(item(), "p", setting())
    shown(qtbot, editor)
    editor.set_findings([finding("info"), finding("soft"), finding(severity)])
    assert editor.panel.isVisible()
    assert not editor.panel.findChild(ReasonBar).isVisible()


def test_control_d_says_not_done(qtbot):
    editor = make_editor(item(), "p", setting())
    said = heard(editor.answered)
    shown(qtbot, editor)
    qtbot.keyClick(editor.input.edit, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert said == [Missing("NOT_DONE")]


def test_several_reasons_for_no_answer_are_offered_in_a_menu(qtbot):
    editor = make_editor(item(missing=("NOT_DONE", "UNABLE")), "p", setting())
    said = heard(editor.answered)
    shown(qtbot, editor)
    editor.offer_missing()
    menu = editor.findChild(QMenu)
    menu.actions()[1].trigger()
    menu.close()
    assert said == [Missing("UNABLE")]


def test_not_applicable_item_folds_to_one_line(qtbot):
    editor = make_editor(item(), "p", setting())
    shown(qtbot, editor)
    editor.set_applicable(False)
    assert not editor.input.isVisible()
    assert editor.findChild(Chip).isVisible()


def test_finding_in_a_grid_opens_beneath_its_row(qtbot):
    grid = ItemGrid(2)
    editors = [make_editor(item(), f"p{i}", setting(chair=True)) for i in range(4)]
    for editor in editors:
        grid.add(editor)
    shown(qtbot, grid)
    editors[0].set_findings([finding("gate")])
    grid.layout().activate()
    assert editors[0].panel.isVisible()
    assert editors[0].geometry().bottom() < editors[0].panel.geometry().top()
    assert editors[0].panel.geometry().bottom() < editors[2].geometry().top()


# Frame and tasks


def test_control_l_asks_to_lock(qtbot):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.set_who(Who("NUR 04", "Infusion nurse"))
    with qtbot.waitExposed(shell):
        shell.show()
    shell.activateWindow()
    with qtbot.waitSignal(shell.lock_asked):
        qtbot.keyClick(shell, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def test_signed_out_frame_shows_nobody(qtbot):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.set_who(Who("NUR 04", "Infusion nurse"))
    shell.set_who(None)
    shell.show()
    assert not shell.rail.isVisible()
    assert not shell.top.lock.isVisible()
    assert shell.windowTitle() == "msclinic"


def test_page_put_in_place_of_another_lets_the_old_one_go(qtbot):
    shell = Shell()
    qtbot.addWidget(shell)
    first, second = QWidget(), QWidget()
    shell.add_page("today", first)
    with qtbot.waitSignal(first.destroyed):
        shell.add_page("today", second)
    shell.show_page("today")
    assert shell.current_page() == "today"


def test_rail_says_which_place_was_pressed(qtbot):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.set_rail([RailEntry("today", "Today", "sun"), RailEntry("work", "Worklist", "flag", 3)])
    buttons = shell.rail.findChildren(QPushButton)
    assert [button.accessibleName() for button in buttons] == ["Today", "Worklist, 3"]
    with qtbot.waitSignal(shell.place_opened) as told:
        buttons[1].click()
    assert told.args == ["work"]


def test_task_runs_off_the_windows_thread_and_tells_what_changed(qtbot):
    tasks = Tasks()
    window_thread = threading.get_ident()
    got = []
    with qtbot.waitSignal(tasks.changed) as told:
        tasks.write(
            lambda: Outcome(threading.get_ident(), {Kind.ANSWERS}),
            lambda value: got.append((value, threading.get_ident())),
        )
    assert told.args == [frozenset({Kind.ANSWERS})]
    ((worked_in, told_in),) = got
    assert worked_in != window_thread
    assert told_in == window_thread
    assert tasks.idle()


def test_failed_task_hands_its_exception_over(qtbot):
    tasks = Tasks()

    def fail():
        raise ValueError("disk full")

    with qtbot.waitSignal(tasks.failed) as told:
        tasks.read(fail, lambda _value: None)
    assert str(told.args[0]) == "disk full"
    got = []
    operation = tasks.read(fail, lambda _value: None, got.append)
    with qtbot.waitSignal(operation.finished):
        pass
    assert [str(error) for error in got] == ["disk full"]


def test_writes_keep_their_order(qtbot):
    tasks = Tasks()
    done = []
    for number in range(20):
        tasks.write(lambda n=number: Outcome(n), done.append)
    qtbot.waitUntil(tasks.idle)
    assert done == list(range(20))


def test_abandoned_task_tells_nobody_its_value(qtbot):
    tasks = Tasks()
    got = []
    operation = tasks.read(lambda: 1, got.append)
    operation.abandon()
    with qtbot.waitSignal(operation.finished):
        pass
    assert got == []


# Looks


def test_every_named_icon_is_shipped(qapp):
    for meaning in MEANINGS:
        assert not icon_pixmap(meaning, current_theme().color("text"), 20).isNull()


def test_chart_paints_every_kind_of_mark(qtbot):
    chart = ChartView("Vitals")
    qtbot.addWidget(chart)
    marks = (
        Line(0, 0, 50, 50, "accent", 1, (3, 2)),
        Rect(5, 5, 20, 10, "okbg", "ok", 1, 4),
        Circle(40, 40, 5, None, "text"),
        Polygon(((0, 60), (10, 60), (5, 50)), "att"),
        TextMark(20, 80, "T30", 12, "text", 600, "middle"),
    )
    chart.set_builder(lambda _width, _height: marks, "one reading")
    chart.resize(100, 100)
    image = chart.grab().toImage()
    assert image.pixelColor(10, 10) == current_theme().color("okbg")


def sample_window(scale):
    shell = Shell()
    shell.set_site("Warszawa, ośrodek PL01")
    shell.set_storage("Wszystko zapisane tutaj · 14 wpisów czeka na hub")
    shell.set_who(Who("NUR 04", "Pielęgniarka infuzyjna"))
    shell.set_clock("11:12")
    shell.set_rail(
        [RailEntry("today", "Dziś", "sun"), RailEntry("work", "Do zrobienia", "flag", 3)]
    )
    identity = Identity("PL01-007", "ur. 1981 · K · SPMS", "Miesiąc 6 (V3)", "infuzja 3", chair=2)
    tabs = [ChairTab(1, "PL01-003", "T60 o 11:20, za 7 min"), ChairTab(3, "PL01-011", "po czasie")]
    shell.banner.set_identity(identity, tabs)
    shell.banner.show()
    page, across, middle = QWidget(), QHBoxLayout(), QWidget()
    across.setContentsMargins(0, 0, 0, 0)
    steps = StepList("Fazy")
    steps.set_steps(
        [Step("a", "Kwalifikacja", "done", "28 z 28", gates=(Gate("G1 podpisana", "open"),))], "a"
    )
    steps.set_folded(scale > 140)
    across.addWidget(steps)
    grid = ItemGrid(3)
    for place in range(5):
        editor = make_editor(item(unit="mmHg"), f"p{place}", setting(chair=True))
        editor.set_answer(100 + place)
        editor.set_last("T15 124")
        grid.add(editor)
    lines = scrolled(grid)
    foot = StepFoot()
    foot.set_left("Zostały 2:", "oddechy, objawy")
    foot.set_next("Dalej: wpisz oddechy")
    head = PageHead("Pomiary T30")
    head.add(Chip("Termin 11:12", "accent", "timer"))
    head.saved.set_time("11:12:34")
    down = column(gap=0)
    for widget in (head, lines, foot):
        down.addWidget(widget)
    middle.setLayout(down)
    across.addWidget(middle, 1)
    page.setLayout(across)
    shell.add_page("run", page)
    shell.show_page("run")
    dock, slots = QWidget(), row(gap=0)
    for chair in (1, 2):
        slot = DockSlot(chair, f"PL01-00{chair}", in_view=chair == 2)
        for word, icon, width in (
            ("WEZWIJ", "phone-call", 108),
            ("O₂", "wind", 88),
            ("ADRENALINA", "syringe", 152),
            ("STOP", "octagon-x", 136),
        ):
            slot.add(Button(word, icon=icon, size=48), width)
        slots.addWidget(slot, 1)
    dock.setLayout(slots)
    shell.set_dock(dock)
    return shell


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_window_is_whole_in_polish_at_every_scale(qtbot, qapp, mode, scale):
    set_language("pl")
    apply_theme(qapp, mode, scale)
    shell = sample_window(scale)
    qtbot.addWidget(shell)
    with qtbot.waitExposed(shell):
        shell.show()
    assert clipping_faults(shell, (1366, 768)) == []


@pytest.mark.parametrize("kind", ["empty", "loading", "error", "offline", "conflict", "read_only"])
def test_state_pane_says_what_to_do(qtbot, kind):
    pane = StatePane()
    qtbot.addWidget(pane)
    pane.set_state(kind, "What happened", ["What is safe.", "What to do."], "Try again")
    pane.resize(700, 500)
    pane.show()
    assert clipping_faults(pane) == []
    assert pane.accessibleName() == "What happened"


def test_clipping_is_found(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    cut = QLabel("Adrenaline 500 µg IM", window)
    cut.setGeometry(0, 0, 20, 20)
    over = QLabel("x", window)
    over.setGeometry(10, 0, 30, 20)
    window.resize(100, 40)
    window.show()
    faults = clipping_faults(window)
    assert any("needs" in fault for fault in faults)
    assert any("overlap" in fault for fault in faults)


def test_chairs_differ_in_shape_number_and_name(qtbot):
    names = set()
    for chair in (1, 2, 3, 4):
        badge = ChairBadge(chair)
        qtbot.addWidget(badge)
        names.add(badge.accessibleName())
    assert names == {"Chair 1", "Chair 2", "Chair 3", "Chair 4"}
    with pytest.raises(ValueError, match="no chair 5"):
        ChairBadge(5)


def test_button_that_is_off_says_why(qtbot):
    button = Button("Sign exam", icon="pen-line")
    qtbot.addWidget(button)
    button.set_off("1 answer open")
    assert not button.isEnabled()
    assert button.accessibleName() == "Sign exam, 1 answer open"


def test_stop_shows_the_time_of_the_last_press_and_stays_pressable(qtbot):
    slot = DockSlot(2, "PL01-007", in_view=True)
    qtbot.addWidget(slot)
    stop = Button("STOP", "stop", icon="octagon-x", size=48)
    slot.add(stop, 136)
    stop.set_pressed_at("11:19:05")
    assert stop.isEnabled()
    assert "11:19:05" in stop.accessibleName()
    assert slot.accessibleName() == "Chair 2, PL01-007"


def test_allergies_never_asked_are_not_shown_as_none(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.set_identity(Identity("PL01-007", "b. 1981", allergy_known=False))
    words = [label.text() for label in banner.findChildren(QLabel)]
    assert "Allergies not asked yet" in words
    assert "No known allergy" not in words


def test_gate_state_draws_a_finding_in_a_field_that_keeps_its_tick(qtbot):
    field, panel = TextField("Event"), FindingPanel()
    qtbot.addWidget(field)
    qtbot.addWidget(panel)
    field.resize(200, 40)
    field.set_answer("x")
    field.set_state(FieldState.GATE)
    image = field.grab().toImage()
    assert image.pixelColor(100, 6) == current_theme().color("stopbg")


def test_a_banner_whose_reader_may_not_know_of_allergies_says_nothing_of_them(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.set_identity(Identity("PL01-007", "", allergy_known=False, told=False))
    assert [label.text() for label in banner.findChildren(QLabel) if label.text()] == ["PL01-007"]
    assert banner.accessibleName() == "PL01-007"
