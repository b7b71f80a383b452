"""Tab walks a page in the order in which it is read, also where parts of it were built anew.

The order is taken from the layouts each time: chaining widgets by hand while parts come and go is
more than Qt's own chain bears.
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLayout, QScrollArea, QWidget

__all__ = ["go_on"]


def go_on(page: QWidget, focused: QWidget | None, *, forward: bool) -> bool:
    """Move the focus to what is read next on a page, or behind its end out of the page.

    Args:
        page: The page.
        focused: What has the focus.
        forward: Whether Tab was pressed, and not Shift and Tab.

    Returns:
        Whether the focus moved.
    """
    layout = page.layout()
    stops = [one for one in _stops(layout) if _takes(one)] if layout is not None else []
    if not stops:
        return False
    at = next((place for place, one in enumerate(stops) if one is focused), -1)
    after = at + 1 if forward else at - 1
    if at < 0:
        target = stops[0 if forward else -1]
    elif 0 <= after < len(stops):
        target = stops[after]
    else:
        target = _outside(page, forward=forward) or stops[0 if forward else -1]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    above = target.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is not None:
        above.ensureWidgetVisible(target, 0, 24)
    return True


def _takes(widget: QWidget) -> bool:
    able = widget.isVisible() and widget.isEnabled()
    return able and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _outside(page: QWidget, *, forward: bool) -> QWidget | None:
    """What takes the focus behind the page in its window, or nothing."""
    found: QWidget | None = page
    while found is not None:
        found = found.nextInFocusChain() if forward else found.previousInFocusChain()
        if found is page:
            return None
        if found is not None and not page.isAncestorOf(found) and _takes(found):
            return found
    return None


def _stops(layout: QLayout) -> Iterator[QWidget]:
    places = range(layout.count())
    upwards = QBoxLayout.Direction.BottomToTop
    backwards = isinstance(layout, QBoxLayout) and layout.direction() == upwards
    for place in reversed(places) if backwards else places:
        item = layout.itemAt(place)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            yield from _stops(inner)
        elif widget is not None:
            yield from _within(widget)


def _within(widget: QWidget) -> Iterator[QWidget]:
    scrolled = widget.widget() if isinstance(widget, QScrollArea) else None
    layout, proxy = widget.layout(), widget.focusProxy()
    if scrolled is not None:
        yield from _within(scrolled)
    elif widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    elif layout is not None:
        yield from _stops(layout)
    elif proxy is not None:
        yield proxy
