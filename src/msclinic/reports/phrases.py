"""The document's own words: sentences, times and numbers in its language and its site's zone.

Every word of ours is checked against the fonts here; people's text is not touched.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType

from attrs import frozen

from msclinic.reports.day_model import Absent, Outcome, Signer
from msclinic.reports.fonts import checked_words
from msclinic.wording import date_text, decimal_text, plural, time_text, tr

__all__ = ["DUE_STATES", "GATE_STATES", "OUTCOMES", "PLACED", "Phrases"]

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        "passed": "passed",
        "failed": "failed",
        "not_done": "not done",
        "not_applicable": "not applicable",
        "unknown": "unknown",
        "open": "not answered",
    }
)
GATE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "signed": "signed",
        "void": "void: signed values changed",
        "expired": "signed too early, expired",
        "open": "not signed",
    }
)
DUE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "done": "done",
        "missed": "missed",
        "covered": "covered",
        "now": "due now",
        "to_come": "to come",
    }
)
PLACED: Mapping[str, str] = MappingProxyType(
    {"inside": "inside", "early": "too early", "late": "too late"}
)


@frozen
class Phrases:
    """Words of one document.

    Attributes:
        language: ``en`` or ``pl``.
        zone: Time zone of the site.
        day: Date of the visit; a time on another day is printed with its date.
    """

    language: str
    zone: tzinfo
    day: date | None = None

    def tr(self, english: str, /, **parameters: object) -> str:
        """A sentence of ours, checked against the fonts."""
        checked_words(tr(english, self.language))
        return tr(english, self.language, **parameters)

    def count(self, number: int, *, one: str, other: str) -> str:
        """A sentence with a count."""
        return checked_words(plural(number, self.language, one=one, other=other))

    def date(self, day: date) -> str:
        """A date as people read it."""
        return date_text(day, self.language)

    def moment(self, at: datetime) -> str:
        """Date and time to the second."""
        day = at.astimezone(self.zone).date()
        return f"{self.date(day)} {time_text(at, self.zone, seconds=True)}"

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """Clock time; with its date if that is not the visit's."""
        clock = time_text(at, self.zone, seconds=seconds)
        day = at.astimezone(self.zone).date()
        return clock if day == self.day else f"{self.date(day)} {clock}"

    def number(self, value: Decimal) -> str:
        """A number with the language's decimal mark."""
        return decimal_text(value, self.language)

    def reading(self, value: Decimal | Absent | None, unit: str = "") -> str:
        """A number with its unit, the reason for none, or nothing."""
        if value is None:
            return ""
        if isinstance(value, Absent):
            return value.reason
        return f"{self.number(value)} {unit}".rstrip()

    def duration(self, start: datetime, end: datetime) -> str:
        """How long, always with units: ``14 min``, ``2 min 27 s``."""
        minutes, seconds = divmod(round((end - start).total_seconds()), 60)
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"

    def signer(self, signer: Signer) -> str:
        """Who and when: ``PHY 01, 09:52``."""
        return f"{signer.account or signer.role}, {self.time(signer.at)}"

    def person(self, signer: Signer) -> str:
        """Who, in which role; the role alone where the account is not to be read."""
        return f"{signer.account} ({signer.role})" if signer.account else signer.role
