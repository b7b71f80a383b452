"""An act of a participant's way through the study while it is being filled in.

Nothing of it is in the record before it is signed: an act that was begun and left has not happened.
"""

from datetime import date

from msclinic.domain.values import Answer, Finding
from msclinic.forms.session import EntrySession, Ref
from msclinic.services.context import form_context
from msclinic.services.life import perform, rescreen
from msclinic.services.life_record import RESCREENING, STANDS
from msclinic.services.session import Session
from msclinic.services.visits import COMMON_VISIT
from msclinic.ui.forms.words import answer_words
from msclinic.wording import current_language, tr

__all__ = ["ActDraft"]

_EARLIER = "EARLIER_CODE"


class ActDraft:
    """The small form of one act, answered in memory.

    Attributes:
        kind: One of ``life_record.ACT_FORMS``.
        form: Its definition.
        refs: What a person is asked, in order.
        number: Running number of the new record, of a re-screening.
    """

    def __init__(self, session: Session, participant: str, kind: str, code: str = "") -> None:
        """Begin an act.

        Args:
            session: Who fills it in.
            participant: Whose act.
            kind: One of ``life_record.ACT_FORMS``.
            code: The participant's code, which a re-screening names.
        """
        self._session, self._participant = session, participant
        self.kind = kind
        self.form = session.study.form(kind)
        self.number: int | None = None
        with session.store.read() as reader:
            context = form_context(
                session, reader, participant, COMMON_VISIT, names=self.form.context_names
            )
        self._engine = EntrySession(self.form, context, {}, session.now())
        if kind == RESCREENING:
            self._engine.set((self.form.group_of(_EARLIER).oid, "1", _EARLIER), code)
        self.refs = tuple(
            ref
            for ref in self._engine.refs()
            if ref[2] not in (STANDS, _EARLIER) and not self.form.item(ref[2]).computed
        )

    def value(self, ref: Ref) -> Answer | None:
        """What was answered."""
        return self._engine.value(ref)

    def relevant(self, ref: Ref) -> bool:
        """Whether it is asked."""
        return self._engine.relevant(ref)

    def answer(self, ref: Ref, answer: Answer) -> tuple[Finding, ...]:
        """Take an answer; gives why it cannot be true, or nothing."""
        outcome = self._engine.set(ref, answer)
        return () if outcome.accepted else outcome.findings

    def open_items(self) -> list[Ref]:
        """What must still be answered."""
        left = set(self._engine.open_items())
        return [ref for ref in self.refs if ref in left]

    def lines(self) -> tuple[str, ...]:
        """The answers in words, as they are signed."""
        language, found = current_language(), []
        if self.number is not None:
            code = f"{self._session.place.site}-{self.number:03d}"
            found.append(tr("New code: {code}", code=code))
        for ref in self._answered():
            item, answer = self.form.item(ref[2]), self.value(ref)
            words = answer_words(answer, item, language, self._session.zone, self.form.units)
            found.append(f"{item.label.text(language)}: {words}")
        return tuple(found)

    def sign(self, password: str) -> str:
        """Store and sign the act; gives the participant whose page shows it.

        Raises:
            Refused: Not a physician, or the password is wrong.
            UserError: The act cannot follow where the participant stands; nothing was stored.
        """
        answers = {ref[2]: self.value(ref) for ref in self._answered()}
        given = {item: answer for item, answer in answers.items() if answer is not None}
        if self.kind == RESCREENING:
            day, why = given.get("DSSTDAT"), str(given.get("DSTERM", ""))
            if isinstance(day, date):
                number = self.number or 0
                return rescreen(self._session, self._participant, number, day, why, password)
        perform(self._session, self._participant, self.kind, given, password)
        return self._participant

    def _answered(self) -> list[Ref]:
        return [ref for ref in self.refs if self.relevant(ref) and self.value(ref) is not None]
