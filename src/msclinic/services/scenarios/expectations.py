"""What should be true after a step, held against what the services say.

Every expectation counts; those that do not hold are noted with their own line and the rest is
still looked at.
"""

from collections.abc import Iterable
from datetime import date

from attrs import define, field

from msclinic.domain.values import Answer, Missing, to_json
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.life import life
from msclinic.services.neuro import ExamEntry, ExamFinding
from msclinic.services.rating import EXAM
from msclinic.services.scenarios.model import Expected, ItemPlace, WantedLife, WantedWindow
from msclinic.services.session import Session
from msclinic.services.visits import participant_visits
from msclinic.study import Mistake
from msclinic.wording import plural, tr

__all__ = ["Looked", "exam_findings", "look"]

_NOTHING = "–"


@define
class Looked:
    """What was looked at so far.

    Attributes:
        file: The scenario's file.
        count: How many expectations were looked at.
        unheld: Those that did not hold.
        repeats: Keys of repeats by participant, form and group, as the file added them: while the
            clock stands, the record cannot tell their order.
    """

    file: str
    count: int = 0
    unheld: list[Mistake] = field(factory=list)
    repeats: dict[tuple[str, str, str], list[str]] = field(factory=dict)

    def compare(
        self, line: int, code: str, about: str, wanted: str, found: str, *, held: bool
    ) -> None:
        """Count one expectation, and note it where it does not hold."""
        self.count += 1
        if not held:
            sentence = tr("{wanted} was expected, it is {found}.", wanted=wanted, found=found)
            self.note(line, code, about, sentence)

    def note(self, line: int, code: str, about: str, sentence: str) -> None:
        """Note what did not hold."""
        self.unheld.append(Mistake(self.file, line, about, code, sentence))

    def keys(self, entry: FormEntry, group: str) -> list[str]:
        """Keys of a group's repeats in the order of the file."""
        known = self.repeats.get((entry.participant, entry.prefix, group), [])
        return known + [key for key in entry.keys(group) if key not in known]

    def add_repeat(self, entry: FormEntry, group: str) -> str:
        """Add a repeat; gives its key."""
        key = entry.add_repeat(group)
        self.repeats.setdefault((entry.participant, entry.prefix, group), []).append(key)
        return key

    def ref(self, entry: FormEntry, place: ItemPlace) -> Ref | None:
        """The reference of an item, or none, noted, where its repeat is not there."""
        if place.number is None:
            return entry.ref(place.item)
        keys = self.keys(entry, place.group)
        if place.number <= len(keys):
            return (place.group, keys[place.number - 1], place.item)
        sentence = plural(
            len(keys), one="The group has {count} repeat.", other="The group has {count} repeats."
        )
        self.note(place.line, "NO_REPEAT", str(place), sentence)
        return None


def exam_findings(entry: FormEntry, ref: Ref) -> list[ExamFinding]:
    """What the consistency of an exam says of one item, unsettled; nothing on other forms."""
    if entry.form.oid != EXAM or not entry.may_enter:
        return []
    exam = ExamEntry(entry.session, entry.participant, entry.visit, entry.visit_key)
    own = {finding.code for finding in entry.state(ref).findings}
    return [
        one for one in exam.findings() if one.ref == ref and not one.kept and one.code not in own
    ]


def look(
    looked: Looked,
    session: Session,
    participant: str,
    entry: FormEntry | None,
    expected: Expected,
) -> None:
    """Hold everything a step expects against the record.

    Args:
        looked: Where it is counted and noted.
        session: Who looks.
        participant: On whom.
        entry: The open form, or none where only windows are looked at.
        expected: What should be true.
    """
    if entry is not None:
        _items(looked, entry, expected)
        _form(looked, entry, expected)
    if expected.windows:
        _windows(looked, session, participant, expected.windows)
    if expected.life is not None:
        _life(looked, session, participant, expected.life)


def _items(looked: Looked, entry: FormEntry, expected: Expected) -> None:
    for places, code, wanted in (
        (expected.shown, "NOT_SHOWN", True),
        (expected.hidden, "NOT_HIDDEN", False),
    ):
        for place in places:
            ref = looked.ref(entry, place)
            if ref is not None:
                found = entry.state(ref).relevant
                words = {True: tr("shown"), False: tr("hidden")}
                looked.compare(
                    place.line,
                    code,
                    str(place),
                    words[wanted],
                    words[found],
                    held=found is wanted,
                )
    for value in expected.values:
        ref = looked.ref(entry, value.place)
        if ref is not None:
            answer = entry.state(ref).answer
            looked.compare(
                value.place.line,
                "OTHER_VALUE",
                str(value.place),
                _shown(value.answer),
                _shown(answer),
                held=_same(value.answer, answer),
            )
    for wanted_findings in expected.findings:
        ref = looked.ref(entry, wanted_findings.place)
        if ref is not None:
            codes = [finding.code for finding in entry.state(ref).findings]
            codes += [one.code for one in exam_findings(entry, ref)]
            _compare_lists(
                looked,
                wanted_findings.place.line,
                "OTHER_FINDINGS",
                str(wanted_findings.place),
                wanted_findings.codes,
                codes,
            )


def _form(looked: Looked, entry: FormEntry, expected: Expected) -> None:
    if expected.clean is not None:
        found = [f"{_item_of(f.path)} {f.code}" for f in entry.open_findings()]
        _compare_lists(looked, expected.clean, "FINDINGS_LEFT", entry.form.oid, (), found)
    if expected.required_open is not None:
        places, line = expected.required_open
        _compare_lists(
            looked,
            line,
            "OTHER_OPEN",
            entry.form.oid,
            [str(place) for place in places],
            [_named(looked, entry, ref) for ref in entry.open_items()],
        )
    if expected.status is not None:
        wanted = expected.status
        looked.compare(
            wanted.line,
            "OTHER_STATUS",
            entry.form.oid,
            wanted.text,
            entry.status,
            held=wanted.text == entry.status,
        )
    if expected.signed is not None:
        meanings, line = expected.signed
        with entry.session.store.read() as reader:
            found = [
                row.meaning
                for row in reader.signatures(participant=entry.participant)
                if row.scope == entry.prefix and row.status == "valid"
            ]
        _compare_lists(looked, line, "OTHER_SIGNATURES", entry.form.oid, meanings, found)


def _windows(
    looked: Looked, session: Session, participant: str, windows: Iterable[WantedWindow]
) -> None:
    there = {state.code: state.window for state in participant_visits(session, participant)}
    for wanted in windows:
        window = there.get(wanted.visit.text)
        for name, day, found in (
            ("target", wanted.target, window.target if window else None),
            ("from", wanted.opens, window.opens if window else None),
            ("to", wanted.closes, window.closes if window else None),
        ):
            if day is not None:
                looked.compare(
                    wanted.visit.line,
                    "OTHER_WINDOW",
                    f"{wanted.visit.text} {name}",
                    day.isoformat(),
                    _day(found),
                    held=day == found,
                )


def _life(looked: Looked, session: Session, participant: str, wanted: WantedLife) -> None:
    found = life(session, participant).life
    looked.compare(
        wanted.line,
        "OTHER_LIFE",
        "state",
        wanted.state,
        found.state,
        held=wanted.state == found.state,
    )
    if wanted.withdrawn_from is not None:
        _compare_lists(
            looked,
            wanted.line,
            "OTHER_LIFE",
            "withdrawn_from",
            wanted.withdrawn_from,
            found.withdrawn_from,
        )
    if wanted.product_stopped is not None:
        looked.compare(
            wanted.line,
            "OTHER_LIFE",
            "product_stopped",
            str(wanted.product_stopped).lower(),
            str(found.product_stopped).lower(),
            held=wanted.product_stopped is found.product_stopped,
        )


def _compare_lists(
    looked: Looked, line: int, code: str, about: str, wanted: Iterable[str], found: Iterable[str]
) -> None:
    left, right = sorted(wanted), sorted(found)
    looked.compare(
        line,
        code,
        about,
        ", ".join(left) or _NOTHING,
        ", ".join(right) or _NOTHING,
        held=left == right,
    )


def _same(wanted: Answer | None, found: Answer | None) -> bool:
    # What a person wrote beside a missing answer is compared only where the file says it.
    if isinstance(wanted, Missing) and isinstance(found, Missing) and not wanted.detail:
        return wanted.reason == found.reason
    return type(wanted) is type(found) and wanted == found


def _shown(answer: Answer | None) -> str:
    if answer is None:
        return _NOTHING
    if isinstance(answer, Missing):
        return f"missing: {answer.reason}"
    value = to_json(answer)["value"]
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else _NOTHING


def _named(looked: Looked, entry: FormEntry, ref: Ref) -> str:
    if not entry.form.item_group(ref[0]).repeating:
        return ref[2]
    return f"{ref[2]}.{looked.keys(entry, ref[0]).index(ref[1]) + 1}"


def _item_of(path: str) -> str:
    return path.rsplit("/", 1)[-1]
