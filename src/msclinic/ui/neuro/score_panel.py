"""The right side of the exam: the provisional step, why, what counts, and what does not fit.

It shows the result of rules that ran elsewhere. A proposal is never written as the rater's answer.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from msclinic.domain.edss import EdssResult
from msclinic.services.neuro import ExamFinding
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import FlowLayout, IconMark, Panel, column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.reasons import Reason, ReasonBar, ReasonChoice
from msclinic.ui.widgets.surfaces import SectionHeading, scrolled
from msclinic.wording import current_language, decimal_text, tr

__all__ = ["ScorePanel", "finding_title"]

_FLOORS = {1: Decimal("2.0"), 2: Decimal("4.5")}


def finding_title(code: str) -> str:
    """What a consistency check compares, in a few words."""
    return {
        "C4": tr("Your EDSS and the grades"),
        "C5": tr("EDSS and distance"),
        "C6": tr("Ambulation and distance"),
        "C7": tr("Ambulation without help"),
        "C8": tr("Ambulation and leg grades"),
        "C9": tr("EDSS and the highest grade"),
        "C10": tr("Severe grade and walking"),
    }.get(code, tr("An answer to look at"))


class ScorePanel(QWidget):
    """Step, sentence, table and findings.

    Signals:
        jumped: Item OID that a finding speaks of.
        kept: The ``ExamFinding`` and the ``Reason`` to keep it.
    """

    jumped = Signal(str)
    kept = Signal(object, object)

    def __init__(self, names: Mapping[str, str], reasons: Sequence[ReasonChoice]):
        """Make an empty panel.

        Args:
            names: Labels of the systems by item OID, ambulation last.
            reasons: Reasons to keep a contradiction.
        """
        super().__init__()
        self._reasons = tuple(reasons)
        self._cards: list[_FindingCard] = []
        self._table_cells: dict[str, tuple[QLabel, QLabel]] = {}
        self.step = label("–", "clock")
        self._caption = label(tr("EDSS, provisional"), "caption_strong", "text2")
        self.sentence = label("", "secondary", wrap=True)
        self.sentence.setObjectName("explanation")
        body = column(gap=8, margins=(16, 12, 16, 8))
        body.addLayout(self._head())
        body.addLayout(self._table(names))
        self._heading = SectionHeading(tr("Does not fit together"))
        body.addWidget(self._heading)
        self._fits = label(
            tr("All that was answered fits together."), "secondary", "text2", wrap=True
        )
        body.addWidget(self._fits)
        self._list = column(gap=8)
        body.addLayout(self._list)
        body.addStretch(1)
        content = QWidget()
        content.setLayout(body)
        whole = column(gap=0)
        whole.addWidget(scrolled(content))
        self.setLayout(whole)

    def set_score(
        self,
        result: EdssResult,
        grades: Mapping[str, int | None],
        ambulation: int | None,
        *,
        provisional: bool = True,
    ) -> None:
        """Show a result.

        Args:
            result: The computed step with its explanation.
            grades: The rater's grades by item OID.
            ambulation: The ambulation score, or none.
            provisional: Whether the exam is still being made.
        """
        caption = tr("EDSS, provisional") if provisional else tr("EDSS, computed")
        self._caption.setText(caption)
        self.step.setAccessibleName(caption)
        self.step.setText("–" if result.step is None else decimal_text(result.step))
        language = current_language()
        self.sentence.setText(result.explanation.get(language) or result.explanation["en"])
        alone = ambulation is not None and ambulation >= 3
        for item, (yours, counts) in self._table_cells.items():
            if item == "AMBULATION":
                yours.setText("–" if ambulation is None else str(ambulation))
                counts.setText(_effect(ambulation, result))
                continue
            grade, converted = grades.get(item), result.converted.get(item)
            yours.setText("–" if grade is None else str(grade))
            # From ambulation 3 on walking decides alone.
            counts.setText("–" if converted is None or alone else str(converted))

    def set_findings(self, findings: Sequence[ExamFinding], names: Mapping[str, str]) -> None:
        """Show what does not fit; kept findings shrink to one line."""
        while self._list.count():
            item = self._list.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                # It stays with its parent until Qt lets it go: without one Python's collector
                # could take it apart in any order.
                widget.hide()
                widget.deleteLater()
        self._cards = []
        self._fits.setVisible(not findings)
        for finding in findings:
            if finding.kept:
                line = QWidget()
                inside = row(gap=8)
                inside.addWidget(IconMark("ok", "ok", 16))
                said = tr("{what}: kept with a reason", what=finding_title(finding.code))
                inside.addWidget(label(said, "secondary", "text2", wrap=True), 1)
                line.setLayout(inside)
                self._list.addWidget(line)
                continue
            card = _FindingCard(finding, names.get(finding.ref[2], ""), self._reasons)
            card.jumped.connect(self.jumped)
            card.kept.connect(self.kept)
            self._cards.append(card)
            self._list.addWidget(card)

    def cards(self) -> list["_FindingCard"]:
        """The findings still open, as shown."""
        return list(self._cards)

    def _head(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._caption, 0, 0, top)
        grid.addWidget(self.step, 1, 0, top)
        grid.addWidget(self.sentence, 0, 1, 3, 1, top)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        return grid

    def _table(self, names: Mapping[str, str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for at, text in enumerate((tr("System"), tr("yours"), tr("counts as"))):
            head = label(text, "caption_strong", "text2")
            grid.addWidget(head, 0, at, right if at else Qt.AlignmentFlag.AlignLeft)
        height = current_theme().px(23)
        for line, (item, name) in enumerate(names.items(), start=1):
            edge = Panel("surface", "top")
            edge.setFixedHeight(height)
            grid.addWidget(edge, line, 0, 1, 3)
            said = label(name, "secondary")
            yours, counts = label("–", "label_strong"), label("–", "label_strong")
            yours.setAccessibleName(f"{name}, {tr('yours')}")
            counts.setAccessibleName(f"{name}, {tr('counts as')}")
            for at, cell in enumerate((said, yours, counts)):
                # A label over its row's edge must let the line through.
                cell.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                grid.addWidget(cell, line, at, right if at else Qt.AlignmentFlag.AlignVCenter)
            self._table_cells[item] = (yours, counts)
        return grid


class _FindingCard(Panel):
    """One thing that does not fit: what, where to look, or the reason why it stands."""

    jumped = Signal(str)
    kept = Signal(object, object)

    def __init__(self, finding: ExamFinding, item: str, reasons: Sequence[ReasonChoice]):
        contradiction = finding.level == "E"
        tone = "stop" if contradiction else "att"
        super().__init__(f"{tone}bg")
        self.setProperty("rounded", True)
        self.finding = finding
        message = finding.message.get(current_language()) or finding.message["en"]
        title = finding_title(finding.code)
        self.setAccessibleName(f"{title}. {message}")
        head = row(gap=8)
        icon = IconMark("stop" if contradiction else "attention", tone, 20)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(title, "body_strong", wrap=True), 1)
        if finding.level != "S":
            code = label(finding.code, "caption", "text2")
            head.addWidget(code, 0, Qt.AlignmentFlag.AlignTop)
        self.look = Button(tr("Go to: {item}", item=item), size=36)
        self.look.clicked.connect(self._look)
        self.keep = Button(tr("Keep, reason…"), size=36)
        self.keep.clicked.connect(self.ask)
        self._bar = ReasonBar(reasons, size=36)
        self._bar.chosen.connect(self._chosen)
        self._bar.hide()
        acts = QWidget()
        flow = FlowLayout(8)
        flow.addWidget(self.look)
        if finding.keepable and finding.level == "E":
            flow.addWidget(self.keep)
        else:
            self.keep.setParent(self)
            self.keep.hide()
        acts.setLayout(flow)
        self._acts = acts
        body = column(gap=6, margins=(12, 8, 12, 10))
        body.addLayout(head)
        body.addWidget(label(message, "secondary", wrap=True))
        body.addWidget(acts)
        body.addWidget(self._bar)
        self.setLayout(body)

    def ask(self) -> None:
        """Offer the reasons in place of the buttons."""
        self._acts.hide()
        self._bar.show()
        self._bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        self.jumped.emit(self.finding.ref[2])

    def _chosen(self, reason: Reason) -> None:
        self.kept.emit(self.finding, reason)


def _effect(ambulation: int | None, result: EdssResult) -> str:
    if ambulation is None or ambulation == 0:
        return "–"
    if ambulation in _FLOORS:
        return f"≥ {decimal_text(_FLOORS[ambulation])}"
    return decimal_text(result.step) if result.step is not None else "–"
