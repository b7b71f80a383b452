"""Reads what people type into fields: numbers with comma or point, dates in quick digits.

Pure text in, values or a plain sentence out; no Qt and no clock of its own. Nothing is guessed:
what can be read in two ways is refused with the way to type it.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from msclinic.domain.values import PartialDate
from msclinic.wording import decimal_text, tr

__all__ = [
    "Unreadable",
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

    Args:
        text: What was typed.
        now: The present, for the day and century.
        zone: Time zone of the site.

    Returns:
        The moment in UTC.

    Raises:
        Unreadable: It is no moment, or the clock was put forward over it.
    """
    plain = text.strip()
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
    return moment


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
