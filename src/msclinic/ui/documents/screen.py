"""The Documents screen: what was made for a visit, its real pages, its signatures.

Building, drawing, checking and signing run off the window's thread. A copy leaves the encrypted
record only where the person saves one.
"""

from pathlib import Path

from PySide6.QtWidgets import QBoxLayout, QFileDialog, QLabel, QWidget

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.documents import (
    Document,
    document_bytes,
    document_check,
    documents_of,
    finish_summary,
    preview_summary,
    seat_of,
    sign_document,
)
from msclinic.services.outgoing import hand_out
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.visits import participant_visits
from msclinic.ui.documents.entries import DRAFT, DocumentList
from msclinic.ui.documents.panel import SignaturesPanel
from msclinic.ui.documents.preview import ZOOMS, PdfPreview
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_of
from msclinic.ui.reading import Reading
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Panel,
    Segmented,
    StatePane,
    column,
    keyed,
    label,
    row,
    rule,
    scrolled,
)
from msclinic.ui.widgets.base import YieldingPanel
from msclinic.wording import LANGUAGES, current_language, tr

__all__ = ["DocumentsScreen"]

_LANGUAGE_NAMES = {"en": "English", "pl": "Polski"}

# At larger text the signatures stand beneath the list.
_BESIDE_UP_TO = 125


class DocumentsScreen(Page):
    """The documents of one visit.

    Attributes:
        participant: Random id.
        visit: Visit code.
        visit_key: Key of the visit.
        current: Id of the document shown, or ``DRAFT``.
    """

    def __init__(
        self,
        session: Session,
        go: Navigator,
        tasks: Tasks,
        participant: str,
        visit: str,
        visit_key: str = "1",
    ) -> None:
        super().__init__(session, go, tasks)
        self.participant, self.visit, self.visit_key = participant, visit, visit_key
        self.current = DRAFT
        states = participant_visits(session, participant)
        at_hand = next((one for one in states if (one.code, one.key) == (visit, visit_key)), None)
        self.identity = banner_of(session, participant, at_hand)
        self._documents: list[Document] = []
        self._language = current_language()
        self._pdf = b""
        self.entries = DocumentList()
        self.preview = PdfPreview(tasks)
        self.reading = Reading(tasks, self.preview, tr("The pages are being drawn…"))
        self.panel = SignaturesPanel()
        self.pane = StatePane()
        self.pane.hide()
        self._heading = label("", "section", wrap=True)
        self._title = label("", "section")
        self._pages = label("", "secondary", "text2")
        self._zoom = Segmented(tr("Zoom"), keyed(self._zooms()), size=36)
        self._zoom.setObjectName("documents#zoom")
        self._zoom.set_answer(Code(ZOOMS[0]))
        self._tongue = Segmented(
            tr("Language of the document"),
            keyed([(one, _LANGUAGE_NAMES[one]) for one in LANGUAGES]),
            size=36,
        )
        self._tongue.setObjectName("documents#language")
        self._tongue.set_answer(Code(self._language))
        self._lay_out()
        self.signing = SignPanel(self)
        self.entries.chosen.connect(self.show_document)
        self.reading.again.connect(lambda: self.show_document(self.current))
        self.preview.shown.connect(self._drawn)
        self.preview.failed.connect(self._failed)
        self._zoom.answered.connect(self._zoomed)
        self._tongue.answered.connect(self._other_tongue)
        self.panel.sign_pressed.connect(self._ask_signature)
        self.panel.make_pressed.connect(self.make)
        self.panel.save_pressed.connect(self._ask_copy)
        self.signing.asked.connect(self._sign)
        self.setFocusProxy(self.entries)
        self.reload()

    def reload(self) -> None:
        """Read the list anew and show the newest document that still holds, or the draft."""
        if not self._read():
            return
        holding = [one for one in self._documents if not one.superseded]
        self.show_document(holding[0].id if holding else DRAFT)

    def show_document(self, document: str) -> None:
        """Show one document by its id, or the draft."""
        self.current = document
        self.entries.set_documents(self._documents, document, self.session.zone)
        found = self._found()
        self._title.setText(tr("Visit summary, {visit}", visit=self.visit))
        self._pages.setText("")
        self._tongue.setVisible(found is None)
        self.reading.drop()
        session, participant = self.session, self.participant
        if found is None:
            self.panel.set_draft(self._why_not_make(), "")
            visit, key, language = self.visit, self.visit_key, self._language
            self.reading.ask(
                lambda: preview_summary(session, participant, visit, key, language=language),
                self._arrived,
            )
            return
        self._show_state(found)
        self.reading.ask(lambda: document_bytes(session, found.id), self._arrived)
        self.tasks.read(
            lambda: (found.sha256, document_check(session, found.id)),
            self._checked,
            self._failed,
        )

    def make(self) -> None:
        """Make the document from the record as it is now."""
        session, participant = self.session, self.participant
        visit, key, language = self.visit, self.visit_key, self._language
        self.panel.make.set_off(tr("it is being made…"))
        self.tasks.write(
            lambda: Outcome(
                finish_summary(session, participant, visit, key, language=language),
                {Kind.DOCUMENTS},
            ),
            self._made,
            self._failed,
        )

    def save_copy(self, path: Path) -> None:
        """Write the file that is shown; it is there whole or not at all."""
        pdf, home = self._pdf, self.session.home
        self.tasks.read(lambda: hand_out(path, pdf, home), self._saved, self._failed)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Answers or documents were changed elsewhere."""
        if changed & {Kind.ANSWERS, Kind.DOCUMENTS, Kind.RUNS} and not self.signing.waiting:
            shown = self.current
            if self._read():
                self.show_document(shown if self._found() is not None else DRAFT)

    def release(self) -> None:
        """Drop the pages."""
        self.reading.drop()
        self.preview.release()
        self._pdf = b""
        self._documents = []

    def _lay_out(self) -> None:
        theme = current_theme()
        left = Panel("surface", "right")
        left.setMinimumWidth(theme.px(288))
        lines = column(gap=0)
        head = row(margins=(16, 16, 16, 16))
        head.addWidget(self._heading, 1)
        lines.addLayout(head)
        lines.addWidget(self.entries)
        folded = theme.scale > _BESIDE_UP_TO
        if folded:
            lines.addWidget(rule())
            lines.addWidget(self.panel)
        lines.addStretch(1)
        left.setLayout(lines)
        self._bar = bar = _Bar(self._title, self._pages, self._tongue, self._zoom)
        middle = column(gap=0)
        middle.addWidget(bar)
        middle.addWidget(self.reading, 1)
        whole = row(gap=0)
        if folded:
            # The room is the page's: list and signatures share one column.
            area = scrolled(left)
            area.setFixedWidth(theme.px(304))
            whole.addWidget(area)
            whole.addLayout(middle, 1)
        else:
            right = scrolled(self.panel)
            right.setFixedWidth(theme.px(304))
            whole.addWidget(left)
            whole.addLayout(middle, 1)
            whole.addWidget(rule(vertical=True))
            whole.addWidget(right)
        self._content = Panel("bg")
        self._content.setLayout(whole)
        outer = column(gap=0)
        outer.addWidget(self._content, 1)
        outer.addWidget(self.pane, 1)
        self.setLayout(outer)

    def _zooms(self) -> list[tuple[str, str]]:
        names = {"fit": tr("Fit"), "100": "100 %", "150": "150 %"}
        return [(zoom, names[zoom]) for zoom in ZOOMS]

    def _read(self) -> bool:
        try:
            every = documents_of(self.session, self.participant)
        except UserError as refused:
            title, rest = words_of(refused)
            self.pane.set_state("read_only", title, [rest])
            self._content.hide()
            self.pane.show()
            return False
        place = (self.visit, self.visit_key)
        self._documents = [one for one in every if (one.visit, one.visit_key) == place]
        count = len(self._documents)
        made = tr("Documents of this visit: {count}", count=count)
        self._heading.setText(made if count else tr("No document was made yet"))
        return True

    def _found(self) -> Document | None:
        return next((one for one in self._documents if one.id == self.current), None)

    def _show_state(self, document: Document) -> None:
        signer = account_code(self.session.account)
        why_not = self._why_not_sign(document)
        self.panel.set_document(document, self.session.study, self.session.zone, signer, why_not)

    def _why_not_make(self) -> str:
        return "" if self.session.may("documents") else tr("not with your role")

    def _why_not_sign(self, document: Document) -> str:
        seat = seat_of(self.session)
        if seat is None:
            return tr("not with your role")
        if document.next_seat != seat:
            signed = seat in {one.seat for one in document.signatures}
            return tr("your role has signed") if signed else tr("the nurse signs first")
        if self.session.account in {one.account for one in document.signatures}:
            return tr("a second person signs")
        return ""

    def _arrived(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.preview.set_pdf(pdf)
        self.reading.show_content()

    def _checked(self, found: tuple[str, object]) -> None:
        sha256, checked = found
        shown = self._found()
        if shown is not None and shown.sha256 == sha256:
            self.panel.set_check(checked)  # type: ignore[arg-type]

    def _drawn(self, pages: int) -> None:
        self._pages.setText(tr("Pages: {count}", count=pages))
        self._bar.fit()

    def _zoomed(self, answer: object) -> None:
        if isinstance(answer, Code):
            self.preview.set_zoom(answer.value)

    def _other_tongue(self, answer: object) -> None:
        if isinstance(answer, Code):
            self._language = answer.value
            self.show_document(DRAFT)

    def _made(self, document: Document) -> None:
        self._read()
        self.show_document(document.id)

    def _saved(self, _nothing: object) -> None:
        self._pages.setText(tr("A copy was saved."))

    def _failed(self, error: object) -> None:
        if isinstance(error, Exception):
            self.panel.make.set_off("")
            self.go.say(error)

    def _ask_signature(self) -> None:
        document, seat = self._found(), seat_of(self.session)
        if document is None or seat is None:
            return
        language, study = current_language(), self.session.study
        meaning = study.meanings[f"visit_summary_{seat}"]
        signer = account_code(self.session.account)
        role = study.roles[self.session.role].title.text(language)
        visit = study.visit(self.visit).title.text(language)
        already = [
            SignState(tr("Signed by {who}", who=account_code(one.account)))
            for one in document.signatures
        ]
        self.signing.ask(
            SignRequest(
                title=tr("Sign the visit summary"),
                subtitle=f"{visit} ({self.visit}) · {signer}, {role}",
                signer=signer,
                meanings=(SignMeaning(meaning.code, meaning.title.text(language)),),
                heading=tr("Visit summary, {visit}", visit=self.visit),
                lines=(
                    self._pages.text(),
                    tr("Journal position {position}", position=document.position),
                    tr("SHA-256 {digest}", digest=_grouped(document.sha256)),
                ),
                states=(SignState(tr("Says what the visit's record says")), *already),
            )
        )

    def _sign(self, _meaning: str, password: str) -> None:
        session, document = self.session, self.current
        self.tasks.write(
            lambda: Outcome(
                sign_document(session, document, password),
                {Kind.DOCUMENTS, Kind.SIGNATURES},
            ),
            self._signed,
            self._not_signed,
        )

    def _signed(self, document: Document) -> None:
        self.signing.done()
        self._read()
        self.show_document(document.id)

    def _not_signed(self, error: object) -> None:
        if isinstance(error, Exception):
            self.signing.refuse(*words_of(error))

    def _ask_copy(self) -> None:
        # A file name tells nobody who the participant is.
        name = f"visit-summary-{self.current or 'draft'}.pdf"
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save copy…"), name, "PDF (*.pdf)")
        if chosen:
            self.save_copy(Path(chosen))


class _Bar(YieldingPanel):
    """Title, number of pages, language of the draft, zoom; the words go where room is short."""

    DEGREES = 3

    def __init__(self, title: QLabel, pages: QLabel, tongue: QWidget, zoom: QWidget) -> None:
        super().__init__("surface", "bottom")
        self._title, self._pages = title, pages
        across = row(gap=12, margins=(16, 6, 16, 6))
        across.addWidget(title)
        across.addWidget(pages)
        across.addStretch(1)
        self._choices = row(gap=12)
        self._choices.addWidget(tongue)
        self._choices.addWidget(zoom)
        across.addLayout(self._choices)
        self.setLayout(across)

    def yield_to(self, degree: int) -> None:
        """The number of pages goes, then the title, which the list says too; then it is stacked."""
        self._pages.setVisible(degree < 1)
        self._title.setVisible(degree < 2)
        stacked = QBoxLayout.Direction.TopToBottom
        beside = QBoxLayout.Direction.LeftToRight
        self._choices.setDirection(stacked if degree >= 3 else beside)


def _grouped(digest: str) -> str:
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))
