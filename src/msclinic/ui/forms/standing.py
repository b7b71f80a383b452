"""How a form stands: begun, complete, signed or void; and what a signature of it would say."""

from datetime import datetime

from attrs import frozen

from msclinic.domain.values import Missing
from msclinic.forms.definitions import GATES
from msclinic.services.entry import LATE, FormEntry
from msclinic.services.lab_results import LAB_REVIEWED, LabResult
from msclinic.services.laboratory import results_on_record
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.visit_reading import shown_account
from msclinic.store import SignatureRow
from msclinic.ui.forms.results import result_states, result_words, telling
from msclinic.ui.forms.words import answer_words, moment_words
from msclinic.ui.participants.banner import visit_title
from msclinic.ui.signing import SignMeaning, SignRequest, SignState
from msclinic.ui.widgets.banner import Identity
from msclinic.wording import current_language, plural, tr

__all__ = ["Standing", "form_number", "sign_request", "standing_of"]

_DONE = ("completed", "amended")
_MOST_LINES = 5


@frozen
class Standing:
    """How a form stands in the record.

    Attributes:
        status: planned, in_progress, completed or amended.
        begun_by: Account that entered first, and when.
        begun_at: When the form was begun.
        completed_at: When it was declared complete last.
        changed_at: When an answer was recorded last.
        signatures: Signatures over the form itself.
    """

    status: str = "planned"
    begun_by: str = ""
    begun_at: datetime | None = None
    completed_at: datetime | None = None
    changed_at: datetime | None = None
    signatures: tuple[SignatureRow, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it was declared complete and no answer came later."""
        if self.status not in _DONE or self.completed_at is None:
            return False
        return self.changed_at is None or self.changed_at <= self.completed_at

    def chip(self) -> tuple[str, str, str]:
        """Word, tone and icon of the state."""
        valid = [row for row in self.signatures if row.status == "valid"]
        if valid:
            return tr("Signed"), "ok", "ok"
        if self.signatures:
            return tr("Signature void"), "attention", "attention"
        if self.complete:
            return tr("Complete, not signed"), "accent", "ok"
        if self.status in _DONE:
            return tr("Changed since complete"), "attention", "attention"
        if self.status == "planned":
            return tr("Not begun"), "neutral", "not_begun"
        return tr("In progress"), "neutral", "in_progress"

    def lines(self, session: Session) -> list[str]:
        """Who began and who signed: account, role, time and meaning (21 CFR 11.50)."""
        found = []
        zone, language = session.zone, current_language()
        if self.begun_by and self.begun_at is not None:
            at = moment_words(self.begun_at, zone)
            found.append(tr("Begun by {who}, {time}", who=account_code(self.begun_by), time=at))
        for row in self.signatures:
            at = moment_words(row.typed_at, zone)
            role = session.study.roles.get(row.role or "")
            name = shown_account(session, row.actor or "", row.role or "")
            short = role.short.text(language) if role is not None else ""
            who = ", ".join(filter(None, (name, short)))
            known = session.study.meanings.get(row.meaning)
            meaning = known.title.text(language) if known is not None else row.meaning
            said = {"meaning": meaning, "who": who, "time": at}
            if row.status == "valid":
                found.append(tr("{meaning}: {who}, {time}", **said))
            else:
                found.append(tr("Void, changed later: {meaning}, {who}, {time}", **said))
        return found

    def to_sign(self, session: Session, entry: FormEntry) -> list[SignMeaning]:
        """Meanings this person may sign the form with and has not yet.

        Gates are signed in the run, which checks what opens them.
        """
        standing = {(row.meaning, row.actor) for row in self.signatures if row.status == "valid"}
        return [
            SignMeaning(code, session.study.meanings[code].title.text(current_language()))
            for code in entry.form.signatures
            if code not in GATES
            and session.may(f"sign:{code}")
            and (code, session.account) not in standing
        ]


def standing_of(entry: FormEntry) -> Standing:
    """How a form stands now."""
    with entry.session.store.read() as reader:
        heads = reader.at(entry.participant, entry.prefix)
        rows = reader.trail(entry.participant, entry.prefix) if heads else []
        signatures = reader.signatures(participant=entry.participant, scope=entry.prefix)
    stored = [
        at
        for ref in entry.refs()
        if not entry.form.item(ref[2]).computed and (at := entry.state(ref).stored_at) is not None
    ]
    first = rows[0].entry if rows else None
    return Standing(
        status=entry.status,
        begun_by=(first.actor or "") if first else "",
        begun_at=first.typed_at if first else None,
        completed_at=heads[0].recorded_at if heads else None,
        changed_at=max(stored, default=None),
        signatures=tuple(signatures),
    )


def form_number(entry: FormEntry) -> int:
    """Which one of a repeating form this is, in the order in which they were begun; 0 for none."""
    if not entry.form.repeating:
        return 0
    with entry.session.store.read() as reader:
        paths = {
            head.path
            for head in reader.heads(
                participant=entry.participant, form=entry.form.oid, visit=entry.visit
            )
            if head.path.count("/") == 3
        }
        begun = {path: reader.trail(entry.participant, path)[0].entry.recorded_at for path in paths}
    order = sorted(begun, key=lambda path: (begun[path], path))
    return order.index(entry.prefix) + 1 if entry.prefix in order else len(order) + 1


def sign_request(
    entry: FormEntry, standing: Standing, title: str, identity: Identity | None
) -> SignRequest:
    """What the signing panel shows of a form."""
    session, language = entry.session, current_language()
    code = identity.code if identity else ""
    role = session.study.roles[session.role].title.text(language)
    who = account_code(session.account)
    visit = visit_title(session, entry.visit)
    lines: list[tuple[str, str]] = []
    answered = late = kept = missing = 0
    for ref in entry.refs():
        state, item = entry.state(ref), entry.form.item(ref[2])
        if state.answer is None or not state.relevant:
            continue
        answered += 1
        missing += isinstance(state.answer, Missing)
        late += LATE in state.kept
        kept += any(one not in (LATE, "OVERRIDE") for one in state.kept)
        words = answer_words(state.answer, item, language, session.zone, entry.form.units)
        lines.append((item.oid, f"{item.label.text(language)}: {words}"))
    results = _results(entry)
    first = [result_words(session, one) for one in telling(results)]
    told = {one.item.oid for one in telling(results)}
    others = [words for oid, words in lines if oid not in told]
    room = max(_MOST_LINES - len(first), 0)
    shown = [*first, *others[:room]]
    if len(others) > room:
        rest = len(others) - room
        shown.append(plural(rest, one="and {count} more answer", other="and {count} more answers"))
    states = [
        *result_states(results),
        SignState(
            plural(answered, one="{count} answer, stored", other="{count} answers, all stored")
        ),
    ]
    for count, one, other in (
        (missing, "{count} not done, with its reason", "{count} not done, with their reasons"),
        (kept, "{count} reason given", "{count} reasons given"),
        (late, "{count} late entry, reason given", "{count} late entries, reason given"),
    ):
        if count:
            states.append(SignState(plural(count, one=one, other=other), "attention", "att"))
    return SignRequest(
        title=tr("Sign {form}, {code}", form=title, code=code),
        subtitle=f"{visit} · {who}, {role}",
        signer=who,
        meanings=tuple(standing.to_sign(session, entry)),
        heading=title,
        lines=tuple(shown),
        states=tuple(states),
        chair=identity.chair if identity else None,
    )


def _results(entry: FormEntry) -> tuple[LabResult, ...]:
    """What a reviewer has to look at before anything else; none on any other form."""
    if LAB_REVIEWED not in entry.form.signatures:
        return ()
    return results_on_record(entry.session, entry.participant, entry.prefix)
