"""The life of a data query: asked, answered, closed, asked again; who may say what next.

Pure. A query is never taken back and no message replaces another: what was said stays (EMA
guideline on computerised systems 2023, 6.1; ICH E6(R3) 4.2.1(c)).
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

__all__ = [
    "ANSWERED",
    "CLOSED",
    "LONGEST",
    "OPEN",
    "PROGRAM",
    "SAID",
    "STATUSES",
    "Speaker",
    "may_say",
    "names_person",
    "query_status",
]

OPEN = "query_open"
ANSWERED = "query_answered"
CLOSED = "query_closed"
STATUSES = (OPEN, ANSWERED, CLOSED)
"""From the one that needs most to the one that needs nothing."""

PROGRAM = "program"
"""The side of a query that a rule of the program raised."""

LONGEST = 500
"""Characters of one message: a question about one value, not a letter."""

SAID: Mapping[str, str] = MappingProxyType({"ask": OPEN, "answer": ANSWERED, "close": CLOSED})
"""What a message makes of its query."""

# A national number or a telephone number, digits in a row as people group them; a forename with a
# surname, two words in capitals. Too much is caught rather than too little: it is only a warning.
_NUMBER = re.compile(r"(?<![\d.,/-])(?:\d[ -]?){8,10}\d(?![\d.,/])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORD = "[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+"
_NAME = re.compile(rf"\b{_WORD}(?: {_WORD}){{1,2}}(?:-{_WORD})?")


@frozen
class Speaker:
    """Who wants to say something, as far as queries ask.

    Attributes:
        side: ``site`` or ``sponsor``.
        asks: Whether the role raises and closes queries.
        answers: Whether the role answers queries and may enter the form that this one is about.
    """

    side: str
    asks: bool
    answers: bool


def query_status(heads: Iterable[str]) -> str:
    """What a query needs, of the last messages that did not know of each other.

    Two devices may have closed and answered, or answered and asked again, at the same time. The
    one that needs most counts, so that nothing is closed that somebody still asks.

    Args:
        heads: The status that each of them gave; at least one.
    """
    return min(heads, key=STATUSES.index)


def may_say(status: str, side: str, speaker: Speaker) -> frozenset[str]:
    """What a person may say to a query now.

    The site answers until it is closed. Who raised it, or another of that side with the right,
    asks further, closes it and opens it again; what the program raised belongs to both sides.

    Args:
        status: What the query needs now.
        side: Who raised it: ``site``, ``sponsor`` or ``program``.
        speaker: The person.

    Returns:
        Of ``ask``, ``answer``, ``close``.
    """
    found = set()
    if speaker.answers and status != CLOSED:
        found.add("answer")
    if speaker.asks and side in (speaker.side, PROGRAM):
        found.add("ask")
        if status != CLOSED:
            found.add("close")
    return frozenset(found)


def names_person(text: str) -> str:
    """What in a text looks like a person's name, telephone or national number; empty for nothing.

    Regulation (EU) 2016/679, article 5(1)(c): a query needs no name. A warning only: the words
    stay the writer's.
    """
    number = _NUMBER.search(_DATE.sub("", text))
    if number is not None:
        return number.group().strip()
    found = _NAME.search(text)
    return found.group() if found is not None else ""
