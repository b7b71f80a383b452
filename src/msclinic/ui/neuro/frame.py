"""The frame of the exam: systems at the left, rows in the middle, score and signature at the right.

At a large text the score is a tab of the middle and the systems fold to their icons. It holds no
answer; the screen fills it.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from msclinic.domain.values import Code
from msclinic.ui.neuro.score_panel import ScorePanel
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    PageHead,
    Panel,
    Segmented,
    StepFoot,
    StepList,
    column,
    keyed,
    label,
    row,
    scrolled,
)
from msclinic.wording import tr

__all__ = ["ExamFrame"]

_LEFT, _RIGHT = 248, 352
# From this text scale on the score is a tab of the middle and the systems fold to their icons.
_NARROW = 140


class ExamFrame(QWidget):
    """Where everything of the exam stands.

    Attributes:
        steps: The systems.
        head: Title, keys and the mark of storing.
        area: The rows, scrolled.
        score: The step and what contradicts it.
        sign: The button that signs.
        foot: What is left and the next act.
    """

    def __init__(self, area: QScrollArea, score: ScorePanel, *, systems: int, hides: bool) -> None:
        """Lay out.

        Args:
            area: The rows.
            score: The score panel.
            systems: How many systems there are.
            hides: Whether earlier scores are hidden from this reader until the exam is signed.
        """
        super().__init__()
        self.area, self.score = area, score
        self.narrow = current_theme().scale >= _NARROW
        self.steps = StepList(tr("Systems"))
        self.steps.set_folded(self.narrow)
        # Steps are shown anew after each answer; the list must not shrink in between.
        self.steps.setMinimumHeight(systems * current_theme().px(56) + 16)
        self.head = PageHead(tr("Exam"), edge="bottom")
        self.sign = Button(tr("Sign exam"), "outlined", icon="pen-line", size=44)
        self.sign.setObjectName("sign")
        self._why_not = label("", "caption", "text2", wrap=True)
        self.foot = StepFoot()
        self._tabs: Segmented | None = None
        self._stack: QStackedWidget | None = None
        right = self._right_side()
        middle = column(gap=0)
        middle.addWidget(self.head)
        if self.narrow:
            middle.addWidget(self._tabbed(right), 1)
        else:
            right.setFixedWidth(_RIGHT)
            middle.addWidget(area, 1)
        middle.addWidget(self.foot)
        across = row(gap=0)
        across.addWidget(self._left_side(hides))
        across.addLayout(middle, 1)
        if not self.narrow:
            across.addWidget(right)
        self.setLayout(across)

    def show_rows(self) -> None:
        """Bring the rows to the front."""
        self._show_tab("rows")

    def show_score(self) -> None:
        """Bring the score to the front."""
        self._show_tab("score")

    def into_view(self, widget: QWidget) -> None:
        """Scroll to a row."""
        self.area.ensureWidgetVisible(widget, 0, 48)

    def focus_sign(self) -> None:
        """Go to the button that signs."""
        self.show_score()
        self.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_signing(self, why_not: str, *, visible: bool = True) -> None:
        """Show whether the exam can be signed.

        Args:
            why_not: What keeps it from being signed; empty where nothing does.
            visible: Whether there is anything to sign here.
        """
        self.sign.setVisible(visible)
        self.sign.setEnabled(not why_not)
        self.sign.set_kind("outlined" if why_not else "primary")
        self._why_not.setText(why_not or tr("asks for your password"))
        self._why_not.setVisible(visible)

    def _left_side(self, hides: bool) -> QWidget:
        left = Panel("surface", "right")
        listed = scrolled(self.steps)
        # Folded, the steps are higher than the smallest screen: their bar stands beside them.
        bar = listed.verticalScrollBar().sizeHint().width()
        left.setFixedWidth(StepList.folded_width() + bar if self.narrow else _LEFT)
        # The list must not lie over the edge of one pixel.
        aside = column(gap=0, margins=(0, 0, 1, 0))
        if not self.narrow:
            heads = row(gap=8, margins=(16, 12, 16, 0))
            heads.addWidget(label(tr("System"), "caption_strong", "text2"))
            heads.addStretch(1)
            heads.addWidget(label(tr("Your grade"), "caption_strong", "text2"))
            aside.addLayout(heads)
        aside.addWidget(listed, 1)
        if not self.narrow and hides:
            said = tr("Earlier scores stay hidden until this exam is signed.")
            foot = row(margins=(16, 8, 16, 12))
            foot.addWidget(label(said, "caption", "text2", wrap=True))
            aside.addLayout(foot)
        left.setLayout(aside)
        return left

    def _right_side(self) -> QWidget:
        right = Panel("surface", "left")
        side = column(gap=0)
        side.addWidget(self.score, 1)
        signing = row(gap=12, margins=(16, 8, 16, 12))
        signing.addWidget(self.sign)
        signing.addWidget(self._why_not, 1)
        side.addLayout(signing)
        right.setLayout(side)
        return right

    def _tabbed(self, right: QWidget) -> QWidget:
        self._tabs = Segmented(
            tr("Exam or score"), keyed([("rows", tr("Exam")), ("score", tr("Score"))]), size=36
        )
        self._tabs.set_answer(Code("rows"))
        self._tabs.answered.connect(self._tab_chosen)
        self.head.add(self._tabs)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.area)
        self._stack.addWidget(right)
        return self._stack

    def _tab_chosen(self, answer: Code) -> None:
        if self._stack is not None:
            self._stack.setCurrentIndex(int(answer.value == "score"))

    def _show_tab(self, key: str) -> None:
        if self._tabs is not None:
            self._tabs.set_answer(Code(key))
            self._tab_chosen(Code(key))
