"""What a step expects, read from its ``expect``."""

from collections.abc import Iterator
from datetime import datetime

from msclinic.domain.participant_life import PARTS, STATES
from msclinic.services.scenarios.form_reader import FormReader
from msclinic.services.scenarios.model import Expected, Said, WantedLife, WantedWindow
from msclinic.services.scenarios.names import Names
from msclinic.study.reader import Place

__all__ = ["ABOUT_FORMS", "EXPECTATIONS", "ExpectReader"]

ABOUT_FORMS = (
    "shown",
    "hidden",
    "values",
    "findings",
    "no_findings",
    "required_open",
    "status",
    "signed",
)
"""Expectations that look at the open form."""

EXPECTATIONS = (*ABOUT_FORMS, "windows", "life")
_STATUSES = ("planned", "in_progress", "completed", "amended")


class ExpectReader:
    """Reads the expectations of one step.

    Args:
        names: Looks up what the file names.
        now: Where the scenario's clock stands.
    """

    def __init__(self, names: Names, now: datetime) -> None:
        self._names = names
        self._reader = names.reader
        self._now = now

    def asks_for_form(self, place: Place) -> bool:
        """Whether something is expected of the open form."""
        return isinstance(place.value, dict) and not place.value.keys().isdisjoint(ABOUT_FORMS)

    def read(self, place: Place, form: FormReader | None) -> Expected:
        """Everything a step expects.

        Args:
            place: The value of ``expect``.
            form: Reads items of the open form; none where no form is open.
        """
        keys = self._reader.mapping(place, "expect", (), EXPECTATIONS)
        if not keys and isinstance(place.value, dict):
            self._names.wrong(place.line, "EMPTY_STEP", "expect names nothing")
        windows = tuple(self._windows(keys.get("windows")))
        life = self._life(keys.get("life"))
        if form is None:
            return Expected(place.line, windows=windows, life=life)
        return Expected(
            line=place.line,
            shown=tuple(form.items(keys.get("shown"))),
            hidden=tuple(form.items(keys.get("hidden"))),
            values=tuple(form.values(keys.get("values"))),
            findings=tuple(form.findings(keys.get("findings"))),
            clean=self._clean(keys.get("no_findings")),
            required_open=(
                (tuple(form.items(keys["required_open"])), keys["required_open"].line)
                if "required_open" in keys
                else None
            ),
            windows=windows,
            status=self._status(keys.get("status")),
            signed=self._signed(keys.get("signed")),
            life=life,
        )

    def _clean(self, place: Place | None) -> int | None:
        if place is None:
            return None
        if place.value is not True:
            self._names.wrong(place.line, "WRONG_VALUE", "write no_findings: true")
        return place.line

    def _status(self, place: Place | None) -> Said | None:
        if place is None:
            return None
        return Said(self._reader.one_of(place, "status", _STATUSES), place.line)

    def _signed(self, place: Place | None) -> tuple[tuple[str, ...], int] | None:
        if place is None:
            return None
        listed = self._reader.sequence(place, "signed")
        return tuple(self._names.meaning(one) for one in listed), place.line

    def _windows(self, place: Place | None) -> Iterator[WantedWindow]:
        for code, days in self._names.mapping(place, "windows").items():
            known = self._names.visit(Place(code, days.line))
            keys = self._reader.mapping(days, f"the window of {code}", (), ("target", "from", "to"))
            target, opens, closes = (
                self._names.day(keys.get(key), self._now) for key in ("target", "from", "to")
            )
            yield WantedWindow(Said(known, days.line), target, opens, closes)

    def _life(self, place: Place | None) -> WantedLife | None:
        if place is None:
            return None
        keys = self._reader.mapping(
            place, "life", ("state",), ("withdrawn_from", "product_stopped")
        )
        state = self._reader.one_of(keys.get("state"), "state", STATES)
        parts, stopped = None, None
        if "withdrawn_from" in keys:
            parts = tuple(
                self._reader.one_of(one, "a part", PARTS)
                for one in self._reader.sequence(keys["withdrawn_from"], "withdrawn_from")
            )
        if "product_stopped" in keys:
            stopped = self._reader.flag(keys["product_stopped"], "product_stopped", False)
        return WantedLife(state, parts, stopped, place.line)
