"""Finding a participant, a visit or a form by typing; only what the role may see exists.

A word of the search must begin a word of the name: ``007 m3`` finds nobody's third month but that
of participant 007.
"""

from collections.abc import Iterator, Sequence

from attrs import frozen

from msclinic.services.exam_lists import MyExam, my_exams, planned_visit
from msclinic.services.participants import CODE_PATH, Identity, identities, masked_rater
from msclinic.services.rating import EXAM
from msclinic.services.session import Session
from msclinic.services.visits import participant_visits
from msclinic.store import LAST, Reader
from msclinic.wording import current_language

__all__ = ["Found", "known", "look_up", "matches"]

# Visits and forms are looked through only once so few participants fit.
_FEW = 3
# No number of a participant has more zeros before it.
_ZEROS = 5
_PAGE = 64
_MARKS = str.maketrans("(),", "   ")


@frozen
class Found:
    """Something that can be opened.

    Attributes:
        kind: participant, visit, form, or exam for the exam screen.
        who: Whose it is.
        title: What it is called in the reader's language; a participant's is the code.
        visit: Visit code, empty for a participant.
        visit_key: Key of a repeated visit.
        form: Form OID, empty for a participant or visit.
        form_key: Key of a repeated form.
    """

    kind: str
    who: Identity
    title: str
    visit: str = ""
    visit_key: str = "1"
    form: str = ""
    form_key: str = "1"


def known(session: Session) -> list[Found]:
    """What may be found beside the record itself: for a rater, the exams that wait.

    Call it off the window's thread, once for a search. Participants are looked for in the record
    as words are typed, so that nobody waits for those who are not asked for.
    """
    if masked_rater(session):
        return [
            Found(
                "exam" if one.form == EXAM else "form",
                one.who,
                _own_title(session, one),
                one.visit,
                one.visit_key,
                one.form,
            )
            for one in my_exams(session)
            if not one.treats
        ]
    return []


def look_up(session: Session, among: Sequence[Found], typed: str, most: int = 12) -> list[Found]:
    """What fits the words typed, best first.

    Args:
        session: Who looks.
        among: What ``known`` gave.
        typed: Words in any order; the first fits a code, others a visit or form.
        most: How many at the most.
    """
    words = typed.casefold().split()
    if not words:
        return []
    if masked_rater(session):
        return [one for one in among if matches(f"{one.who.code} {one.title}", words)][:most]
    with session.store.read() as reader:
        people = _fitting(reader, words[:1], _FEW + 1)
        whole = _fitting(reader, words, most) if words[1:] or len(people) > _FEW else people
    few = people if len(people) <= _FEW else {}
    who = {one.participant: one for one in identities(session, [*whole, *few])}
    found = [Found("participant", who[one], who[one].code) for one in whole]
    for one in few:
        found += _beneath(session, who[one], words[1:])
    return found[:most]


def matches(name: str, words: Sequence[str]) -> bool:
    """Whether every word begins a word of the name, or the number at the end of a code."""
    parts = name.casefold().translate(_MARKS).split()
    # A participant is called by the number alone, with or without its zeros.
    numbers = [part.rsplit("-", 1)[1] for part in parts if "-" in part]
    starts = [*parts, *numbers, *(number.lstrip("0") for number in numbers)]
    return all(any(start.startswith(word) for start in starts) for word in words)


def _own_title(session: Session, one: MyExam) -> str:
    title = session.study.form(one.form).title.text(current_language())
    return f"{title}, {planned_visit(session, one.visit)}"


def _fitting(reader: Reader, words: Sequence[str], most: int) -> dict[str, str]:
    """Participants whose code fits every word, by random id, in order of code."""
    found: dict[str, str] = {}
    # Of what one word fits nearly all is wanted; of what several fit, most falls away.
    page = _PAGE if words[1:] else most
    for first in _beginnings(words[0], list(_sites(reader))):
        here: dict[str, str] = {}
        left = first
        while len(here) < most:
            names = reader.named(CODE_PATH, left, first + LAST, page)
            here |= {one.participant: one.word for one in names if matches(one.word, words)}
            if len(names) < page:
                break
            left = names[-1].word + "\0"
        found |= here
    return dict(sorted(found.items(), key=lambda one: one[1])[:most])


def _sites(reader: Reader) -> Iterator[str]:
    """Beginnings of the codes there are, such as ``pl01-``."""
    left = ""
    while names := reader.named(CODE_PATH, left, most=1):
        site = "".join(names[0].word.rpartition("-")[:2])
        if site:
            yield site
        left = (site or names[0].word) + LAST


def _beginnings(word: str, sites: Sequence[str]) -> Iterator[str]:
    """Beginnings of the codes that a word fits."""
    yield word
    for site in sites:
        # What begins with a zero names the number with its zeros; anything else without them too.
        for zeros in range(1 if word.startswith("0") else _ZEROS + 1):
            yield f"{site}{'0' * zeros}{word}"


def _beneath(session: Session, who: Identity, words: Sequence[str]) -> list[Found]:
    if not words:
        return []
    language = current_language()
    found = []
    for visit in participant_visits(session, who.participant):
        name = f"{session.study.visit(visit.code).title.text(language)} ({visit.code})"
        if matches(name, words):
            found.append(Found("visit", who, name, visit.code, visit.key))
        for form in visit.forms:
            title = f"{session.study.form(form.form).title.text(language)}, {visit.code}"
            if matches(f"{title} {name}", words):
                found.append(Found("form", who, title, visit.code, visit.key, form.form, form.key))
    return found
