"""Writes Qt's style sheet from the tokens, for what Qt draws itself.

Labels, panels, scroll bars, menus and plain lists are styled here by their dynamic properties;
controls with states paint themselves. No colour appears here that is not a token.
"""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from msclinic.ui.fonts import load_fonts
from msclinic.ui.theme import THEMES, TYPES, Theme, set_theme

__all__ = ["STYLED", "apply_theme", "style_sheet"]

STYLED = "styled"
"""Property of an application that was started with Qt's own style Fusion."""

_TONES = {
    "text": "text",
    "text2": "text2",
    "accent": "accent",
    "ok": "ok",
    "att": "att",
    "stop": "stop",
    "onstop": "stopsolidtext",
    "onaccent": "accenttext",
}
_SURFACES = (
    *("bg", "surface", "sunken", "accentbg", "okbg", "attbg", "stopbg", "stopsolid"),
    *(f"chair{number}tint" for number in range(1, 5)),
)
_EDGES = ("top", "right", "bottom", "left")
# Where every ground is black, an edge says where a coloured surface would have ended.
_EDGED_IN_CONTRAST = ("okbg", "attbg", "stopbg", "accentbg", "sunken")


def apply_theme(app: QApplication, mode: str = "light", scale: int = 100) -> Theme:
    """Give the whole program a theme; windows already open take it at once.

    Args:
        app: The application.
        mode: One of ``THEMES``.
        scale: Text scale in percent, 100 to 200.

    Raises:
        ValueError: There is no such theme or scale.
    """
    if mode not in THEMES:
        raise ValueError(f"no theme {mode!r}; there are {', '.join(THEMES)}")
    if not 100 <= scale <= 200:
        raise ValueError(f"text scale {scale} is not between 100 and 200 %")
    load_fonts()
    theme = Theme(mode, scale)
    set_theme(theme)
    if not app.property(STYLED):
        app.setStyle("fusion")
        app.setProperty(STYLED, True)
    app.setPalette(_palette(theme))
    app.setFont(theme.font("body"))
    app.setStyleSheet(style_sheet(theme))
    return theme


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme at its text scale."""

    def c(token: str) -> str:
        return theme.color(token).name()

    rules = [
        f"QLabel {{ background: transparent; color: {c('text')}; }}",
        f"QMainWindow, QDialog {{ background: {c('bg')}; }}",
        f"QToolTip {{ background: {c('surface')}; color: {c('text')};"
        f" border: 1px solid {c('edge')}; padding: 4px 8px; }}",
        "QScrollArea, QScrollArea > QWidget > QWidget[page='true'] { background: transparent; }",
        "QScrollArea { border: 0; }",
    ]
    for kind, style in TYPES.items():
        rules.append(
            f"QLabel[type='{kind}'] {{ font-size: {theme.px(style.size)}px;"
            f" font-weight: {style.weight}; }}"
        )
    for tone, token in _TONES.items():
        rules.append(f"QLabel[tone='{tone}'] {{ color: {c(token)}; }}")
    for surface in _SURFACES:
        rules.append(f"QFrame[surface='{surface}'] {{ background: {c(surface)}; }}")
    if theme.mode == "contrast":
        for surface in _EDGED_IN_CONTRAST:
            rules.append(f"QFrame[surface='{surface}'] {{ border: 1px solid {c('line')}; }}")
    for edge in _EDGES:
        rules.append(f"QFrame[edge='{edge}'] {{ border-{edge}: 1px solid {c('line')}; }}")
    rules += [
        f"QFrame[card='rest'] {{ background: {c('surface')}; border: 1px solid {c('line')};"
        " border-radius: 8px; }",
        f"QFrame[card='stop'] {{ background: {c('surface')}; border: 1px solid {c('stop')};"
        " border-radius: 8px; }",
        f"QFrame[card='accent'] {{ background: {c('surface')}; border: 2px solid {c('accent')};"
        " border-radius: 8px; }",
        "QFrame[rounded='true'] { border-radius: 8px; }",
        f"QFrame[line='true'] {{ background: {c('line')}; }}",
        f"QFrame[tick='true'] {{ background: {c('edge')}; }}",
        # The entry inside a painted field: the field draws frame and ground.
        f"QLineEdit[bare='true'] {{ border: 0; background: transparent; color: {c('text')};"
        f" padding: 0; selection-background-color: {c('accent')};"
        f" selection-color: {c('accenttext')}; }}",
    ]
    for kind in ("value", "entry"):
        style = TYPES[kind]
        rules.append(
            f"QLineEdit[bare='true'][type='{kind}'], QPlainTextEdit[bare='true'][type='{kind}'] {{"
            f" font-size: {theme.px(style.size)}px; font-weight: {style.weight}; }}"
        )
    rules += [
        "QPlainTextEdit[bare='true'] { border: 0; background: transparent; }",
        f"QMenu {{ background: {c('surface')}; color: {c('text')}; border: 1px solid {c('edge')};"
        " border-radius: 8px; padding: 4px; }",
        f"QMenu::item {{ min-height: {theme.px(36)}px; padding: 0 16px; border-radius: 6px; }}",
        f"QMenu::item:selected {{ background: {c('accentbg')}; color: {c('text')}; }}",
        f"QListView[popup='true'] {{ background: {c('surface')}; color: {c('text')};"
        f" border: 1px solid {c('edge')}; outline: 0; padding: 4px; }}",
        f"QListView[popup='true']::item {{ min-height: {theme.px(36)}px; padding: 0 8px;"
        " border-radius: 6px; }",
        f"QListView[popup='true']::item:selected {{ background: {c('accentbg')};"
        f" color: {c('text')}; }}",
        f"QTableView, QTreeView, QListView {{ background: {c('surface')}; color: {c('text')};"
        f" border: 0; outline: 0; gridline-color: {c('line')};"
        f" selection-background-color: {c('accentbg')}; selection-color: {c('text')}; }}",
        f"QHeaderView::section {{ background: {c('sunken')}; color: {c('text2')}; border: 0;"
        f" border-bottom: 1px solid {c('line')}; padding: 0 8px; min-height: {theme.px(32)}px;"
        f" font-size: {theme.px(12)}px; font-weight: 600; }}",
        "QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }",
        "QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }",
        f"QScrollBar::handle {{ background: {c('edge')}; border-radius: 4px; margin: 2px; }}",
        "QScrollBar::handle:vertical { min-height: 32px; }",
        "QScrollBar::handle:horizontal { min-width: 32px; }",
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }",
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }",
        f"QProgressBar {{ background: {c('sunken')}; border: 1px solid {c('line')};"
        " border-radius: 4px; height: 8px; }",
        f"QProgressBar::chunk {{ background: {c('accent')}; border-radius: 3px; }}",
    ]
    return "\n".join(rules)


def _palette(theme: Theme) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "bg",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "bg",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.PlaceholderText: "text3",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "accenttext",
        QPalette.ColorRole.ToolTipBase: "surface",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Link: "accent",
    }
    palette = QPalette()
    for role, token in roles.items():
        palette.setColor(role, theme.color(token))
    return palette
