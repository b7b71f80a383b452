"""What assistive tools hear, and what the keyboard alone reaches, on every screen."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QScrollArea,
    QWidget,
)
from tests.ui.tour import (
    BEFORE,
    Moments,
    Tour,
    account_of,
    page_of,
    place_of_form,
    screens_of,
    wait,
)

from msclinic.app.settings import Settings
from msclinic.domain.values import Code
from msclinic.shipped import shipped_study
from msclinic.study import load_study
from msclinic.ui.editors import ItemEditor
from msclinic.ui.infusion.section_head import SectionHead
from msclinic.ui.widgets import Segmented
from msclinic.ui.widgets.choices import Choice, ChoiceGroup
from msclinic.ui.widgets.fields import TypedField
from msclinic.ui.widgets.multi_choice import MultiChoice
from msclinic.ui.widgets.reasons import ReasonBar

LOOK = Settings("pl", "light", 100)
FORMS = tuple(load_study(shipped_study()).forms)
# Roles of a control that tells nothing of itself.
_MUTE = (QAccessible.Role.NoRole, QAccessible.Role.Client)


@pytest.fixture(autouse=True)
def assistive():
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def tour(qtbot, moments: Moments) -> Iterator[Tour]:
    made = Tour(moments)
    yield made
    made.leave()


def spoken(widget: QWidget, kind=QAccessible.Text.Name) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(kind).strip()


def role_of(widget: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(widget).role()


def stops(window: QWidget) -> list[QWidget]:
    """Everything that Tab should reach, in the order of the chain of focus."""
    found, one = [], window.nextInFocusChain()
    while one is not window:
        tabbed = one.focusPolicy() & Qt.FocusPolicy.TabFocus
        if tabbed and one.isVisible() and one.isEnabled() and one.focusProxy() is None:
            found.append(one)
        one = one.nextInFocusChain()
    return found


def group_of(widget: QWidget) -> str:
    """Names of what a control stands in, outermost last."""
    names, above = [], widget.parentWidget()
    while above is not None:
        names.append(above.accessibleName())
        above = above.parentWidget()
    return " < ".join(name for name in names if name)


def naming_faults(window: QWidget) -> list[str]:
    """Controls without a name or role, and those that cannot be told from each other."""
    faults, seen = [], set()
    for one in stops(window):
        name, role = spoken(one), role_of(one)
        told = f"{type(one).__name__} {one.objectName()!r} {name!r}"
        if not name:
            faults.append(f"{told} has no name")
        if role in _MUTE and not isinstance(one, QScrollArea):
            faults.append(f"{told} does not say what it is")
        if (name, role, group_of(one)) in seen:
            faults.append(f"{told} cannot be told from another one")
        seen.add((name, role, group_of(one)))
    return faults


def unreachable(window: QWidget) -> list[str]:
    """Buttons that the keyboard does not press."""
    faults = []
    for one in window.findChildren(QAbstractButton):
        if not one.isVisible() or not one.isEnabled():
            continue
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus or one.property("keys"):
            continue
        if isinstance(one.parentWidget(), ChoiceGroup | ReasonBar):
            continue  # digits and arrows of the group press it
        if isinstance(one, SectionHead):
            continue  # Enter goes through the items in their order and opens each section
        faults.append(f"{type(one).__name__} {one.objectName()!r} {one.text()!r}")
    return faults


def pane_of(widget: QWidget) -> QWidget:
    """The column of the screen that a control stands in."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea) and not above.isWindow():
        above = above.parentWidget()
    return above or widget


def order_faults(window: QWidget) -> list[str]:
    """Neighbours of the focus, within one column of the screen, that jump up or to the left."""
    faults, page = [], page_of(window)
    inside = [one for one in stops(window) if page.isAncestorOf(one)]
    for one, other in pairwise(inside):
        if pane_of(one) is not pane_of(other) or not isinstance(pane_of(one), QScrollArea):
            continue
        here, there = one.mapTo(page, QPoint(0, 0)), other.mapTo(page, QPoint(0, 0))
        beside = there.x() >= here.x() + one.width()  # the top of the next column
        above = there.y() + other.height() <= here.y() and not beside
        same_row = abs(there.y() - here.y()) < min(one.height(), other.height()) / 2
        if above or (same_row and there.x() < here.x()):
            faults.append(f"from {spoken(one)!r} {here.toTuple()} to {spoken(other)!r}")
    return faults


def trapped(window: QWidget) -> list[str]:
    """What pressing Tab again and again never reaches, or reaches where it cannot be seen."""
    expected = {id(one): one for one in stops(window)}
    faults, reached = [], set()
    for _ in range(2 * len(expected) + 10):
        focused = QApplication.focusWidget()
        if focused is None:
            faults.append("nothing has the focus")
            break
        reached.add(id(focused))
        if focused.visibleRegion().isEmpty():
            faults.append(f"{type(focused).__name__} {spoken(focused)!r} has the focus unseen")
        if not expected.keys() - reached:
            break
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        QApplication.processEvents()
    missed = [one for key, one in expected.items() if key not in reached]
    return [*dict.fromkeys(faults), *(f"{type(m).__name__} {spoken(m)!r} never" for m in missed)]


def walked(tour: Tour, moment: str, look_at, *, without=()) -> dict[str, list[str]]:
    found = {}
    for name, account, show in screens_of(tour.moments.places, moment):
        if without and name.startswith(tuple(without)):
            continue
        window = tour.enter(moment, account, LOOK)
        show(window)
        wait(window)
        if faults := look_at(window):
            found[name] = faults
    return found


@pytest.mark.parametrize("moment", [BEFORE, "ARRIVED", "FIT", "VERIFIED", "RUNNING", "SIGNED"])
def test_every_control_says_its_name_and_what_it_is(tour, moment):
    assert walked(tour, moment, naming_faults) == {}


@pytest.mark.parametrize("moment", [BEFORE, "ARRIVED", "FIT", "VERIFIED", "RUNNING", "SIGNED"])
def test_every_button_can_be_pressed_without_a_mouse(tour, moment):
    assert walked(tour, moment, unreachable) == {}


@pytest.mark.parametrize("moment", [BEFORE, "ARRIVED", "RUNNING"])
def test_the_focus_goes_as_people_read(tour, moment):
    # A participant's page begins at the forms, where the work is; the visits follow.
    assert walked(tour, moment, order_faults, without=("participant ", "participant,")) == {}


def test_tab_reaches_everything_and_is_held_nowhere(tour):
    held = ("palette", "documents", "participant", "exam", "today P")
    assert walked(tour, BEFORE, trapped, without=held) == {}


@pytest.mark.parametrize("oid", FORMS)
def test_a_form_can_be_filled_in_by_ear_and_keyboard(tour, oid):
    visit, key, role = place_of_form(tour.moments.study, oid)
    window = tour.enter(BEFORE, account_of(role), LOOK)
    window.show_form(tour.moments.places.filled, visit, "1", oid, key)
    page, found = page_of(window), {}
    for section in list(page.way.sections):
        page.open_section(section.key)
        wait(window)
        faults = [*naming_faults(window), *unreachable(window), *order_faults(window)]
        for editor in page.findChildren(ItemEditor):
            if editor.input.objectName() != f"{editor.path}#input" or not editor.path:
                faults.append(f"{editor.path} is not the name of its input")
        if faults:
            found[section.key] = faults
    assert found == {}


@pytest.mark.parametrize("oid", ["adverse_event", "vital_signs", "demography"])
def test_tab_goes_through_a_form_in_the_order_of_its_items(tour, oid):
    visit, key, role = place_of_form(tour.moments.study, oid)
    window = tour.enter(BEFORE, account_of(role), LOOK)
    window.show_form(tour.moments.places.fresh, visit, "1", oid, key)
    wait(window)
    page = page_of(window)
    able = [
        ref
        for ref, editor in page.panel.editors.items()
        if editor.isVisible() and not page.entry.state(ref).read_only
    ]
    page.panel.focus_first()
    went = []
    for _ in able:
        focused = QApplication.focusWidget()
        above = focused
        while above is not None and not isinstance(above, ItemEditor):
            above = above.parentWidget()
        went.append(above.path if above else None)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert went == [page.entry.path(ref) for ref in able]


def test_a_row_of_choices_says_what_it_is_and_what_is_chosen(qtbot):
    row = Segmented("Grade", (Choice("1", "mild"), Choice("2", "severe")))
    qtbot.addWidget(row)
    row.show()
    assert role_of(row) == QAccessible.Role.Grouping
    row.set_answer(Code("2"))
    assert spoken(row, QAccessible.Text.Value) == "severe"
    states = [QAccessible.queryAccessibleInterface(cell).state() for cell in row.cells]
    assert [bool(state.checked) for state in states] == [False, True]
    assert {role_of(cell) for cell in row.cells} == {QAccessible.Role.RadioButton}
    row.set_answer(None)
    assert spoken(row, QAccessible.Text.Value) == ""
    assert not any(cell.isChecked() for cell in row.cells)


def test_a_grid_of_choices_is_told_as_check_boxes(qtbot):
    grid = MultiChoice("Symptoms", (Choice("A", "chill"), Choice("B", "flush")))
    qtbot.addWidget(grid)
    grid.show()
    assert {role_of(cell) for cell in grid.cells} == {QAccessible.Role.CheckBox}
    grid.choose("A")
    grid.choose("B")
    assert spoken(grid, QAccessible.Text.Value) == "chill, flush"


def test_the_step_at_hand_is_told(tour):
    window = tour.enter(BEFORE, "PI-01", LOOK)
    window.show_study()
    wait(window)
    page = page_of(window)
    told = {
        spoken(one): bool(QAccessible.queryAccessibleInterface(one).state().checked)
        for one in page.sections.findChildren(QAbstractButton)
    }
    assert told["Przegląd"]
    assert not told["Harmonogram"]


def test_a_typed_field_tells_its_label_and_its_text(tour):
    window = tour.enter(BEFORE, "CRC-01", LOOK)
    window.show_form(tour.moments.places.filled, "SCR", "1", "demography", "1")
    wait(window)
    editor = next(
        one for one in page_of(window).panel.editors.values() if isinstance(one.input, TypedField)
    )
    edit = editor.input.edit
    assert spoken(edit) == editor.accessibleName()
    assert role_of(edit) == QAccessible.Role.EditableText
    assert spoken(edit, QAccessible.Text.Value) == edit.text()


def test_escape_leaves_the_signature_and_the_focus_returns(tour):
    window = tour.enter(BEFORE, "PI-01", LOOK)
    window.show_study()
    wait(window)
    page = page_of(window)
    page.switch.setFocus()
    QTest.keyClick(page.switch, Qt.Key.Key_Space)
    assert page.sign_panel.isVisible()
    for _ in range(12):
        assert page.sign_panel.isAncestorOf(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not page.sign_panel.isVisible()
    assert QApplication.focusWidget() is page.switch


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_enter_and_space_press_the_button_that_has_the_focus(tour, key):
    window = tour.enter(BEFORE, "PI-01", LOOK)
    window.show_study()
    wait(window)
    page = page_of(window)
    page.switch.setFocus()
    QTest.keyClick(page.switch, key)
    assert page.sign_panel.isVisible()
