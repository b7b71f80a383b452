"""Calendar months and dates known in part: what is certain of them, and what stays open."""

from datetime import date, timedelta

from msclinic.domain.values import PartialDate

__all__ = ["date_after", "days_of", "shift_months"]


def shift_months(day: date, months: int) -> date | None:
    """The same day so many calendar months later, or the month's last day.

    Returns:
        None where the calendar ends.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= years <= 9998:
        return None
    first_of_next = date(years + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(years, month + 1, min(day.day, last))


def days_of(day: date | PartialDate) -> tuple[date, date]:
    """The first and the last day that a full or partial date can mean."""
    if not isinstance(day, PartialDate):
        return day, day
    parts = [int(part) for part in day.text.split("-")]
    if len(parts) == 3:
        whole = date(*parts)
        return whole, whole
    first = date(parts[0], parts[1] if len(parts) == 2 else 1, 1)
    months = 1 if len(parts) == 2 else 12
    after = shift_months(first, months)
    return first, (after - timedelta(days=1)) if after else date(parts[0], 12, 31)


def date_after(first: date | PartialDate, second: date | PartialDate) -> bool | None:
    """Tell whether the first is later; None where partial dates leave it open."""
    earliest, latest = days_of(first)
    other_earliest, other_latest = days_of(second)
    if earliest > other_latest:
        return True
    return False if latest <= other_earliest else None
