"""Reads what people type into fields: numbers with comma or point, dates in quick digits.

Pure text in, values or a plain sentence out; no Qt and no clock of its own. Nothing is guessed in
silence: what can be read in two ways is refused with the way to type it. Only the hour that autumn
repeats is read as the one nearest before now; the field says which one and how to type the other.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from msclinic.domain.values import PartialDate
from msclinic.wording import came_twice, decimal_text, tr

__all__ = [
    "Unreadable",
    "other_reading",
    "read_date",
    "read_datetime",
    "read_number",
    "read_partial_date",
    "read_time",
]


class Unreadable(ValueError):
    """What was typed is no such value; the message says so to the person who typed it."""


def read_number(text: str, decimals: int | None) -> Decimal:
    """Read a number typed with a decimal comma or point.

    Args:
        text: What was typed; a minus sign may be U+2212.
        decimals: How many decimals are allowed; None for any.

    Raises:
        Unreadable: It is no number, or has too many decimals.
    """
    plain = text.strip().replace("−", "-").replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", plain):
        example = decimal_text(Decimal("36.8")) if decimals is None or decimals else "122"
        raise Unreadable(
            tr("“{typed}” is not a number. Type it like {example}.", typed=text, example=example)
        )
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise Unreadable(tr("“{typed}” is not a number.", typed=text)) from error
    exponent = number.as_tuple().exponent
    if decimals is not None and isinstance(exponent, int) and -exponent > decimals:
        if decimals == 0:
            raise Unreadable(tr("Type a whole number, without decimals."))
        raise Unreadable(tr("Type at most {count} after the decimal mark.", count=decimals))
    return number


def read_date(text: str, today: date) -> date:
    """Read a date: ``22112026``, ``221126``, ``22.11.2026``, ``22 11 26``, ``2026-11-22``.

    Args:
        text: What was typed.
        today: Tells the century of a year of two digits: never more than a year ahead.

    Raises:
        Unreadable: It is no date.
    """
    plain = text.strip()
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
        return _date(year, month, day)
    parts = re.fullmatch(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})", plain)
    if not parts:
        parts = re.fullmatch(r"(\d{2})(\d{2})(\d{4}|\d{2})", plain)
    if not parts:
        raise Unreadable(
            tr("“{typed}” is not a date. Type day, month, year: 22112026.", typed=text)
        )
    day, month = int(parts[1]), int(parts[2])
    return _date(_year(parts[3], today), month, day)


def read_time(text: str) -> time:
    """Read a clock time of 24 hours: ``1042``, ``10:42``, ``10.42``, ``104207``.

    Raises:
        Unreadable: It is no time.
    """
    parts = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?", text.strip())
    if not parts:
        parts = re.fullmatch(r"(\d{2})(\d{2})(\d{2})?", text.strip())
    try:
        if parts:
            return time(int(parts[1]), int(parts[2]), int(parts[3] or 0))
    except ValueError:
        pass
    raise Unreadable(tr("“{typed}” is not a time. Type four digits: 1042.", typed=text))


def read_datetime(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a day and time of the site: ``221120261042``, ``22.11.2026 10:42``; ``1042`` is today.

    In the hour that comes twice in autumn, ``0230`` is the one nearest before now; ``0230 CEST``
    or ``0230 A`` is the first, ``0230 CET`` or ``0230 B`` the second.

    Args:
        text: What was typed.
        now: The present, for the day and century.
        zone: Time zone of the site.

    Returns:
        The moment in UTC.

    Raises:
        Unreadable: It is no moment, or the clock was put forward over it.
    """
    plain, which = _without_zone(text.strip())
    here = now.astimezone(zone)
    digits = re.fullmatch(r"(\d{8})(\d{4}(?:\d{2})?)|(\d{6})(\d{4})", plain)
    spaced = re.fullmatch(r"(\S.*\S)[ T,]+(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|\d{4})", plain)
    if digits:
        day = read_date(digits[1] or digits[3], here.date())
        clock = read_time(digits[2] or digits[4])
    elif spaced:
        day, clock = read_date(spaced[1], here.date()), read_time(spaced[2])
    else:
        try:
            day, clock = here.date(), read_time(plain)
        except Unreadable as error:
            raise Unreadable(
                tr("“{typed}” is not a day and time. Type 221120261042.", typed=text)
            ) from error
    local = datetime.combine(day, clock, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unreadable(tr("That hour did not exist: the clock was put forward over it."))
    return _which(local, which, now) if which or came_twice(local) else moment


def other_reading(moment: datetime, zone: tzinfo) -> str:
    """How to type the same clock time of the other pass: ``0230 CEST``; empty where there is none.

    Args:
        moment: A moment, aware.
        zone: Time zone of the site.
    """
    here = moment.astimezone(zone)
    if not came_twice(here):
        return ""
    return f"{here:%H%M} {here.replace(fold=1 - here.fold).tzname()}"


def read_partial_date(text: str, today: date) -> PartialDate:
    """Read as much of a date as is known: ``2024``, ``052024``, ``05.2024``, or a whole date.

    Raises:
        Unreadable: It is no part of a date.
    """
    plain = text.strip()
    if re.fullmatch(r"\d{4}", plain):
        _date(int(plain), 1, 1)
        return PartialDate(plain)
    year_first = re.fullmatch(r"(\d{4})-(\d{1,2})", plain)
    month_first = re.fullmatch(r"(\d{1,2})[./\- ](\d{4})|(\d{2})(\d{4})", plain)
    if year_first:
        day = _date(int(year_first[1]), int(year_first[2]), 1)
        return PartialDate(f"{day.year:04}-{day.month:02}")
    if month_first:
        month, year = month_first[1] or month_first[3], month_first[2] or month_first[4]
        day = _date(int(year), int(month), 1)
        return PartialDate(f"{day.year:04}-{day.month:02}")
    if re.fullmatch(r"\d{6}", plain):
        raise Unreadable(tr("Type the year with four digits: 052024 or 17052024."))
    return PartialDate(read_date(text, today).isoformat())


def _without_zone(text: str) -> tuple[str, str]:
    """What was typed without the letters that say which of two passes is meant, and those."""
    found = re.fullmatch(r"(.*\d)\s*([A-Za-z]+|\s[+-]\d{2,4})", text)
    return (found[1], found[2].strip().upper()) if found else (text, "")


def _which(local: datetime, which: str, now: datetime) -> datetime:
    """One of the two passes of a clock time: the one that is named, else nearest before now."""
    first, second = (local.replace(fold=fold) for fold in (0, 1))
    twice = came_twice(local)
    if not which:
        return (second if second.astimezone(UTC) <= now else first).astimezone(UTC)
    if which == first.tzname() or (twice and which == "A"):
        return first.astimezone(UTC)
    if which == second.tzname() or (twice and which == "B"):
        return second.astimezone(UTC)
    if not twice:
        raise Unreadable(
            tr("That hour came only once. Type it without “{letters}”.", letters=which)
        )
    names = {"first": first.tzname(), "second": second.tzname()}
    raise Unreadable(tr("That hour came twice: type {first} or {second} after it.", **names))


def _year(digits: str, today: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= (today + timedelta(days=366)).year else year - 100


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise Unreadable(tr("There is no month {month}.", month=month))
    if not 1900 <= year <= 2199:
        raise Unreadable(tr("The year {year} cannot be meant.", year=year))
    if not 1 <= day <= monthrange(year, month)[1]:
        raise Unreadable(tr("That month has no day {day}.", day=day))
    return date(year, month, day)
