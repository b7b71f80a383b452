"""A participant's way through the study, read from the signed acts in the record.

An act counts once it was signed. A correction beneath the signature makes the signature void and
the act is to be signed again, but it goes on counting: a slip of the pen must not let a dose
through. Only its own signer takes it back.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from attrs import frozen

from msclinic.domain.participant_life import ACTS, LifeAct, ParticipantLife, participant_life
from msclinic.domain.values import Answer, Code, PartialDate, from_json
from msclinic.services.participants import holders_of
from msclinic.services.session import Session
from msclinic.services.visit_calendar import infusion_dates
from msclinic.store import WORD, Head, Reader, SignatureRow

__all__ = [
    "ACT_FORMS",
    "LIFE_MEANING",
    "LINK",
    "RANDOMISATION",
    "RESCREENING",
    "STANDS",
    "LifeRecord",
    "RecordedAct",
    "read_life",
]

LIFE_MEANING = "participant_status"
STANDS = "ACT_STANDS"
RANDOMISATION = "randomisation"
RESCREENING = "rescreening"
LINK = "EARLIER_CODE"
ACT_FORMS = tuple(kind for kind in ACTS if kind != RANDOMISATION)
"""Acts that have a small form of their own outside the visits, named like the act."""

_PARTS = {"WD_PRODUCT": "product", "WD_VISITS": "visits", "WD_SAMPLES": "samples"}
_ITEM = 7
_ENDING = frozenset({"screen_failure", "lost_to_follow_up", "death", "transfer", "end_of_study"})
_NO_SAMPLES = frozenset({"visits", "samples"})


@frozen
class RecordedAct:
    """An act as it stands in the record.

    Attributes:
        kind: One of ``domain.participant_life.ACTS``.
        scope: Path of its form.
        day: The day it took effect, as far as it is known.
        parts: What was withdrawn from.
        signed_by: Account of the last signer.
        signed_at: When.
        valid: Whether nothing was changed beneath the signature since.
        stands: Whether its signer has not taken it back.
    """

    kind: str
    scope: str
    day: date | None
    parts: frozenset[str]
    signed_by: str
    signed_at: datetime
    valid: bool
    stands: bool


@frozen
class LifeRecord:
    """Where a participant stands and what says so.

    Attributes:
        life: The state and the facts beside it.
        acts: Every act that was ever signed, those taken back too, in the order of signing.
        earlier: Random id of the record that this one follows after re-screening.
        later: Random id of the record that follows this one.
    """

    life: ParticipantLife
    acts: tuple[RecordedAct, ...]
    earlier: str | None = None
    later: str | None = None

    @property
    def sampling_ended(self) -> date | None:
        """The first day on which an act ended the taking of samples, as far as it is known."""
        days = [
            act.day
            for act in self.acts
            if act.stands and (act.kind in _ENDING or act.parts & _NO_SAMPLES)
        ]
        return min((day for day in days if day is not None), default=None)


def read_life(session: Session, reader: Reader, participant: str) -> LifeRecord:
    """Read where a participant stands.

    Args:
        session: Whose study and zone count.
        reader: The record as it is now.
        participant: Whose life.
    """
    signed = _signed(reader, participant)
    found = [
        act
        for scope, heads in _forms(reader.heads(participant=participant, visit="LOG")).items()
        if scope in signed
        for act in [_act(scope, heads, signed[scope])]
    ]
    found += [
        RecordedAct(
            kind=RANDOMISATION,
            scope=scope,
            day=_randomised_on(reader, participant, scope),
            parts=frozenset(),
            signed_by=row.actor or "",
            signed_at=row.typed_at,
            valid=row.status == "valid",
            # It permits; without a signature that holds it permits nothing.
            stands=row.status == "valid",
        )
        for scope, row in signed.items()
        if scope.split("/")[2] == RANDOMISATION
    ]
    acts = tuple(sorted(found, key=lambda act: act.signed_at))
    # The link of a re-screening stands in the new record and ends the old one.
    own = [LifeAct(a.kind, a.day, a.parts) for a in acts if a.stands and a.kind != RESCREENING]
    later = None
    if any(act.kind == "screen_failure" for act in own):
        later = _later(reader, participant)
        if later is not None:
            own.append(LifeAct(RESCREENING, later[1]))
    given = infusion_dates(session, reader, participant)
    return LifeRecord(
        life=participant_life(own, min(given.values(), default=None)),
        acts=acts,
        earlier=_earlier(reader, participant, acts),
        later=later[0] if later is not None else None,
    )


def _randomised_on(reader: Reader, participant: str, scope: str) -> date | None:
    for head in reader.heads(participant=participant, prefix=scope, item="RANDDAT"):
        return _day(from_json(head.value)) if head.value else None
    return None


def _signed(reader: Reader, participant: str) -> dict[str, SignatureRow]:
    rows = reader.signatures(participant=participant, meaning=LIFE_MEANING)
    return {row.scope: row for row in rows if row.scope.count("/") == 3}


def _forms(heads: Iterable[Head]) -> dict[str, dict[str, Head]]:
    found: dict[str, dict[str, Head]] = {}
    for head in heads:
        parts = head.path.split("/")
        if len(parts) == _ITEM and parts[2] in ACT_FORMS:
            found.setdefault("/".join(parts[:4]), {})[parts[6]] = head
    return found


def _act(scope: str, heads: Mapping[str, Head], row: SignatureRow) -> RecordedAct:
    answers = {item: from_json(head.value) for item, head in heads.items() if head.value}
    taken_back = answers.get(STANDS) == Code("N") and heads[STANDS].actor == row.actor
    return RecordedAct(
        kind=scope.split("/")[2],
        scope=scope,
        day=_day(answers.get("DSSTDAT", answers.get("DTHDAT"))),
        parts=frozenset(part for item, part in _PARTS.items() if answers.get(item) == Code("Y")),
        signed_by=row.actor or "",
        signed_at=row.typed_at,
        valid=row.status == "valid",
        stands=not taken_back,
    )


def _day(answer: Answer | None) -> date | None:
    if isinstance(answer, PartialDate):
        whole = answer.text.count("-") == 2
        return date.fromisoformat(answer.text) if whole else None
    return answer if isinstance(answer, date) and not isinstance(answer, datetime) else None


def _later(reader: Reader, participant: str) -> tuple[str, date | None] | None:
    code = _code(reader, participant)
    for head in reader.saying(RESCREENING, LINK, [code.casefold()[:WORD]]):
        if head.participant and head.value and from_json(head.value) == code:
            scope = head.path.rsplit("/", 3)[0]
            row = _signed(reader, head.participant).get(scope)
            heads = _forms(reader.heads(participant=head.participant, prefix=scope))
            act = _act(scope, heads[scope], row) if row is not None else None
            if act is not None and act.stands:
                return head.participant, act.day
    return None


def _earlier(reader: Reader, participant: str, acts: Iterable[RecordedAct]) -> str | None:
    scope = next((act.scope for act in acts if act.kind == RESCREENING and act.stands), None)
    if scope is None:
        return None
    for head in reader.heads(participant=participant, prefix=scope, item=LINK):
        for one in holders_of(reader, str((head.value or {}).get("value", ""))):
            return one
    return None


def _code(reader: Reader, participant: str) -> str:
    for head in reader.at(participant, "participant/code"):
        return str((head.value or {}).get("value", ""))
    return ""
