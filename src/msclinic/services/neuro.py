"""The neurological exam: its answers, the computed step beside the rater's, and the signature.

The rater decides every grade; nothing is filled in for them and nothing earlier is shown to them.
Who treats a participant cannot rate that participant.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from msclinic.domain.edss import SYSTEM_ITEMS, EdssResult, FunctionalSystems, score_edss
from msclinic.domain.edss_checks import WalkRecord, edss_checks
from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Finding
from msclinic.forms.definitions import SINGLE_KEY
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.exam_lists import (
    ExamPoint,
    MyExam,
    edss_trend,
    my_exams,
    planned_visit,
)
from msclinic.services.gateway import recording
from msclinic.services.rating import EXAM, MEANING, ExamSignature, exam_signature, may_rate
from msclinic.services.session import Refused, Session
from msclinic.services.signing import add_signature, document_key

__all__ = [
    "EXAM",
    "ExamEntry",
    "ExamFinding",
    "ExamPoint",
    "ExamSignature",
    "MyExam",
    "edss_trend",
    "may_rate",
    "my_exams",
    "planned_visit",
    "sign_exam",
]

_SYSTEMS = tuple(SYSTEM_ITEMS.values())
# The answers that each check compares. A reason holds only while none of them changes.
_COMPARED: dict[str, tuple[str, ...]] = {
    "C5": ("EDSS", "WALK_DISTANCE"),
    "C6": ("AMBULATION", "WALK_DISTANCE", "WALK_AID", "WALK_AID_DISTANCE"),
    "C7": ("AMBULATION", "WALK_DISTANCE", "WALK_AID"),
    "C8": ("AMBULATION", "FS_PYRAMIDAL", "FS_CEREBELLAR"),
    "C9": ("EDSS", *_SYSTEMS),
    "C10": ("AMBULATION",),
}


@frozen
class ExamFinding:
    """Something in an exam that does not fit together, or asks for a reason.

    Attributes:
        code: C4 to C10 of the consistency checks, or a check of the form.
        level: ``E`` contradiction, ``W`` unusual, ``S`` a check of one answer.
        ref: The item it speaks of.
        message: The sentence, by language.
        compared: The answers it compares; a change of one opens it again.
        keepable: Whether it can be kept with a reason now; C4 asks its own item for it.
        kept: Whether it was kept; a contradiction then no longer hinders the signature.
    """

    code: str
    level: str
    ref: Ref
    message: Mapping[str, str]
    compared: tuple[Ref, ...]
    keepable: bool
    kept: bool

    @property
    def hinders(self) -> bool:
        """Whether the exam cannot be signed while it stands so."""
        return not self.kept and self.level != "W"


class ExamEntry:
    """One exam of one participant.

    Attributes:
        session: Who has it open.
        participant: Whose exam.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        form: The form beneath it; its answers, findings and paths.
    """

    def __init__(
        self, session: Session, participant: str, visit: str, visit_key: str = SINGLE_KEY
    ) -> None:
        """Open an exam.

        Raises:
            Refused: Not a role that reads exams, a rater who treats this participant, or an
                earlier exam while a later one is under way.
        """
        self.session = session
        self.participant = participant
        self.visit, self.visit_key = visit, visit_key
        self.form = FormEntry(session, participant, visit, EXAM, visit_key)

    @property
    def prefix(self) -> str:
        """Where the exam lies in the record; what the signature covers."""
        return self.form.prefix

    def reload(self) -> None:
        """Read it anew."""
        self.form.reload()

    def answer(self, item: str, answer: Answer) -> Stored:
        """Store one answer by its item's OID."""
        return self.form.answer(self.form.ref(item), answer)

    def value(self, item: str) -> Answer | None:
        """The answer of an item, or none while it is blank or does not apply."""
        state = self.form.state(self.form.ref(item))
        return state.answer if state.relevant else None

    def systems(self) -> FunctionalSystems:
        """The seven grades as the rater gave them."""
        return FunctionalSystems(**{name: self._grade(item) for name, item in SYSTEM_ITEMS.items()})

    def entered(self) -> Decimal | None:
        """The rater's own step, or none."""
        answer = self.value("EDSS")
        return Decimal(answer.value) if isinstance(answer, Code) else None

    def score(self) -> EdssResult:
        """The step that the grades give now, with the sentence that explains it."""
        return score_edss(self.systems(), self._grade("AMBULATION"))

    def findings(self) -> list[ExamFinding]:
        """All that does not fit together, open and kept, in the order of the form."""
        found = [self._compared(finding) for finding in self._consistency()]
        for single in self.form.open_findings():
            if single.severity not in ("soft", "impossible"):
                continue
            ref = self._local(single.path)
            found.append(
                ExamFinding(
                    code=single.code,
                    level="S",
                    ref=ref,
                    message=single.message,
                    compared=(ref,),
                    keepable=single.severity == "soft",
                    kept=False,
                )
            )
        order = {ref: place for place, ref in enumerate(self.form.refs())}
        return sorted(found, key=lambda one: (order[one.ref], one.code))

    def keep(self, finding: ExamFinding, choice: str, text: str = "") -> None:
        """Keep a finding with a reason: one digit, and words where the choice asks for them."""
        answered = [ref for ref in finding.compared if self.form.state(ref).answer is not None]
        self.form.keep(answered, finding.code, choice, text)

    def open_items(self) -> list[Ref]:
        """Required items that apply and are blank."""
        return self.form.open_items()

    def hindrances(self) -> list[ExamFinding]:
        """Findings that must be settled before the exam can be signed."""
        return [finding for finding in self.findings() if finding.hinders]

    def signature(self) -> ExamSignature | None:
        """The latest signature under this exam, or none."""
        with self.session.store.read() as reader:
            return exam_signature(reader, self.participant, self.prefix)

    def _consistency(self) -> tuple[Finding, ...]:
        distance, aid = self.value("WALK_DISTANCE"), self.value("WALK_AID")
        aided = self.value("WALK_AID_DISTANCE")
        walk = WalkRecord(
            distance=distance if isinstance(distance, Decimal) else None,
            aid=aid.value if isinstance(aid, Code) else None,
            aid_distance=aided if isinstance(aided, Decimal) else None,
        )
        return edss_checks(self.systems(), self._grade("AMBULATION"), self.entered(), walk)

    def _compared(self, finding: Finding) -> ExamFinding:
        ref = self.form.ref(finding.path)
        level = finding.parameters["level"]
        if finding.code == "C4":
            # The form asks for the reason of a difference by an item of its own.
            reason = self.form.ref("EDSS_REASON")
            return ExamFinding(
                code="C4",
                level=level,
                ref=ref,
                message=finding.message,
                compared=(reason,),
                keepable=False,
                kept=self.form.state(reason).answer is not None,
            )
        items = dict.fromkeys((finding.path, *_COMPARED[finding.code]))
        compared = tuple(self.form.ref(item) for item in items)
        states = [self.form.state(one) for one in compared]
        answered = [state for state in states if state.answer is not None]
        return ExamFinding(
            code=finding.code,
            level=level,
            ref=ref,
            message=finding.message,
            compared=compared,
            keepable=self.form.state(ref).answer is not None,
            kept=bool(answered) and all(finding.code in state.kept for state in answered),
        )

    def _grade(self, item: str) -> int | None:
        answer = self.value(item)
        return int(answer.value) if isinstance(answer, Code) else None

    def _local(self, path: str) -> Ref:
        group, key, item = path.split("/")[-3:]
        return (group, key, item)


def sign_exam(session: Session, participant: str, visit: str, visit_key: str, password: str) -> str:
    """Sign an exam as the person who made it; computed values enter the record first.

    Args:
        session: The rater.
        participant: Whose exam.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        password: Typed now.

    Returns:
        Hash of the signature's entry.

    Raises:
        Refused: Not the rater who examined, or the password is wrong.
        UserError: Required answers are missing or a contradiction has no reason.
    """
    session.require(f"sign:{MEANING}")
    exam = ExamEntry(session, participant, visit, visit_key)
    _refuse_other_rater(exam)
    items, open_findings = exam.open_items(), exam.hindrances()
    if items or open_findings:
        raise UserError(
            "exam_open",
            what="The exam cannot be signed yet.",
            why="{items} answers and {reasons} reasons are missing.",
            what_to_do="Answer them, or say why they were not done.",
            parameters={"items": len(items), "reasons": len(open_findings)},
        )
    document_key(session, password)
    if exam.form.status == "in_progress" or exam.signature() is not None:
        exam.form.complete(signing=True)
    else:
        exam.form.store_computed()
    with recording(session) as act:
        reasons = [
            head.path
            for head in act.uow.heads(participant=participant, prefix=exam.prefix)
            if head.action == "finding_kept"
        ]
        add_signature(act, participant, exam.prefix, MEANING, reasons)
    return act.stored[-1].hash


def _refuse_other_rater(exam: ExamEntry) -> None:
    with exam.session.store.read() as reader:
        heads = reader.heads(participant=exam.participant, prefix=exam.prefix)
    actors = {head.actor for head in heads if head.action == "answered"}
    if actors - {exam.session.account}:
        raise Refused(
            "exam_of_another",
            what="This is another rater's exam.",
            why="An exam is signed by the person who made all of it.",
            what_to_do="Ask the rater who began it to sign in.",
        )
