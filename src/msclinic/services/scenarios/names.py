"""Names of a study as scenarios write them: visits, meanings and days, looked up or noted."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.services.scenarios.answers import day_of
from msclinic.services.scenarios.model import Said
from msclinic.study import Study
from msclinic.study.reader import Place, Reader

__all__ = ["Names"]


@frozen
class Names:
    """Looks up what a file names, and notes what there is not.

    Attributes:
        reader: Where mistakes go.
        study: What names mean.
        zone: The site's time zone.
    """

    reader: Reader
    study: Study
    zone: ZoneInfo

    def wrong(self, line: int, code: str, sentence: str, about: str = "") -> None:
        """Note a mistake."""
        self.reader.wrong(line, code, sentence, about)

    def mapping(self, place: Place | None, what: str) -> Mapping[str, Place]:
        """A mapping of names that the author chose; empty where there is none."""
        if place is None:
            return {}
        if not isinstance(place.value, dict):
            self.wrong(place.line, "WRONG_VALUE", f"{what} must be a mapping")
            return {}
        return place.value

    def said(self, place: Place | None, what: str) -> Said | None:
        """A word and its line."""
        return None if place is None else Said(self.reader.text(place, what), place.line)

    def visit(self, place: Place | None) -> str:
        """A visit's code; empty where the study has none such."""
        code = self.reader.text(place, "visit")
        if place is not None and code not in {one.code for one in self.study.visits}:
            self.wrong(place.line, "UNKNOWN_VISIT", f"the study has no visit {code}", code)
            return ""
        return code

    def meaning(self, place: Place) -> str:
        """A meaning of a signature."""
        code = self.reader.text(place, "a meaning")
        if code not in self.study.meanings:
            self.wrong(place.line, "UNKNOWN_MEANING", f"the study has no meaning {code}", code)
        return code

    def day(self, place: Place | None, now: datetime) -> date | None:
        """A day, where one is written."""
        if place is None:
            return None
        text = self.reader.text(place, "the day")
        day = day_of(text, now, self.zone) if text else None
        if day is None:
            sentence = f"{text!r} is no day such as 2026-11-23 or today"
            self.wrong(place.line, "WRONG_TIME", sentence)
        return day
