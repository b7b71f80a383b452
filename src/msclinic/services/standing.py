"""What the record says of an account: its roles, delegations, training, keys, and since when.

It only reads. Whether somebody may act in a role today is one rule, asked at sign-in and shown on
the screens: a role counts with a delegation in force and a training date (R-USR-6, E6(R3) 2.3).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from attrs import field, frozen

from msclinic.domain.infusion.items import INFUSION
from msclinic.services.visit_calendar import START
from msclinic.store import Head, Reader
from msclinic.study import Study

__all__ = [
    "EXTENSION",
    "REVIEW",
    "Delegation",
    "Standing",
    "Training",
    "lapse",
    "record_day",
    "run_open",
    "setting_of",
    "sign_in_limit",
    "standing_of",
    "standings",
]

REVIEW = "site/people_review"
EXTENSION = "site/sign_ins"

_USUAL: Mapping[str, int] = {
    "sign_in_days": 35,
    "sign_in_warning": 7,
    "accounts_review": 90,
    "lock_after": 5,
    "lock_minutes": 15,
}
_GRANTED = "granted"
_LONGEST_RUN = timedelta(days=2)


@frozen
class Delegation:
    """One line of the delegation log.

    Attributes:
        task: The role that is delegated.
        start: First day.
        end: Last day, or none while it is open.
        by: Account of who delegated; none where the founding of the clinic named the person.
        at: When it was written down.
        entry: Hash of the entry.
    """

    task: str
    start: date
    end: date | None
    by: str | None
    at: datetime
    entry: str


@frozen
class Training:
    """That a person was trained for a task.

    Attributes:
        task: The role.
        day: When.
        version: Version of the program and its manual in which they were trained.
        by: Account of who wrote it down, or none at the founding.
    """

    task: str
    day: date
    version: str
    by: str | None


@frozen
class Standing:
    """An account as the record has it now.

    Attributes:
        account: Id such as ``NUR-04``.
        roles: Roles held, in the order in which they were granted.
        ended: Roles that were ended.
        delegations: By role.
        trained: By role.
        ring_number: The newest key ring's number.
        disabled: Whether sign-in is refused for good.
        left: The person left: keys and rings were taken away.
        certified: Whether the certificate was issued and witnessed by two people.
        confirmed: When the account's certificate was issued last.
    """

    account: str
    roles: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    delegations: Mapping[str, Delegation] = field(factory=dict)
    trained: Mapping[str, Training] = field(factory=dict)
    ring_number: int = 1
    disabled: bool = False
    left: bool = False
    certified: bool = False
    confirmed: datetime | None = None

    @property
    def opened(self) -> bool:
        """Whether there is such an account at all."""
        return bool(self.roles or self.ended or self.disabled)


def standing_of(reader: Reader, account: str) -> Standing:
    """The standing of one account; an unknown one has no role."""
    return _standing(account, reader.heads(participant="", prefix=f"people/{account}"))


def standings(reader: Reader) -> list[Standing]:
    """Every account's standing, in order of id."""
    found: dict[str, list[Head]] = {}
    for head in reader.heads(participant="", prefix="people"):
        found.setdefault(head.path.split("/")[1], []).append(head)
    return [_standing(account, heads) for account, heads in sorted(found.items())]


def lapse(standing: Standing, role: str, day: date) -> str:
    """Why a role cannot be acted in on a day; empty where it can.

    Source: requirements R-USR-6 and R-VAL-5: delegation and training come before the task.

    Args:
        standing: Whose.
        role: A role they hold.
        day: The local day.

    Returns:
        not_delegated, not_yet, delegation_ended, not_trained or nothing.
    """
    delegated, trained = standing.delegations.get(role), standing.trained.get(role)
    if delegated is None:
        return "not_delegated"
    if day < delegated.start:
        return "not_yet"
    if delegated.end is not None and day > delegated.end:
        return "delegation_ended"
    if trained is None or trained.day > day:
        return "not_trained"
    return ""


def sign_in_limit(reader: Reader, study: Study, standing: Standing) -> datetime | None:
    """Until when an account may sign in at this device without being confirmed anew.

    Confirmed are all accounts by a review or an extension, and one by its certificate (R-USR-8).
    None where nothing was ever confirmed.
    """
    since = [standing.confirmed] if standing.confirmed is not None else []
    since += [
        head.recorded_at
        for path in (REVIEW, EXTENSION)
        for head in reader.at(None, path)
        if head.value is not None
    ]
    return max(since) + timedelta(days=setting_of(study, "sign_in_days")) if since else None


def run_open(reader: Reader, now: datetime) -> bool:
    """Whether an infusion at the site has begun and its visit is not closed: nothing expires then.

    A visit that somebody forgot to close counts for two days, longer than any observation lasts.
    """
    begun = {
        (head.participant, head.path.split("/")[0], head.path.split("/")[1])
        for head in reader.heads(form=INFUSION, item=START)
        if head.value is not None and now - head.recorded_at < _LONGEST_RUN
    }
    return any(not _closed(reader, *one) for one in begun)


def record_day(reader: Reader, stream: str, now: datetime) -> datetime:
    """The later of the clock and the record's last entry: a clock set back ends no delegation."""
    last = reader.last_moment(stream)
    return now if last is None or last <= now else last


def setting_of(study: Study, key: str) -> int:
    """A number of days, minutes or tries; the usual one where the study does not say it."""
    found = study.settings.get(key)
    return _USUAL[key] if found is None else int(found.value)


def _closed(reader: Reader, participant: str | None, visit: str, visit_key: str) -> bool:
    heads = reader.at(participant, f"{visit}/{visit_key}")
    return any((head.value or {}).get("status") == "closed" for head in heads)


def _standing(account: str, heads: Iterable[Head]) -> Standing:
    found: dict[str, list[Head]] = {}
    for head in sorted(heads, key=lambda one: one.recorded_at):
        found.setdefault(head.path.split("/")[2], []).append(head)
    roles = found.get("role", ())
    # Of two heads that did not know of each other the stricter one holds.
    ended = dict.fromkeys(_task(one) for one in roles if _says(one) != _GRANTED)
    granted = dict.fromkeys(_task(one) for one in roles if _task(one) not in ended)
    certificates = found.get("certificate", [])
    return Standing(
        account=account,
        roles=tuple(granted),
        ended=tuple(ended),
        delegations={_task(one): _delegation(one) for one in found.get("delegation", ())},
        trained={_task(one): _training(one) for one in found.get("training", ())},
        ring_number=max(
            (int((one.value or {}).get("number", "1")) for one in found.get("keys", ())), default=1
        ),
        disabled=any(_says(one) in ("Y", "left") for one in found.get("disabled", ())),
        left=any(_says(one) == "left" for one in found.get("disabled", ())),
        certified=_certified(account, certificates, found.get("witness", [])),
        confirmed=certificates[-1].recorded_at if certificates else None,
    )


def _certified(account: str, issued: list[Head], witnessed: list[Head]) -> bool:
    """Whether the newest certificate was witnessed by neither its issuer nor its holder."""
    return any(
        one.value == two.value and two.actor not in (one.actor, account)
        for one in issued
        for two in witnessed
    )


def _task(head: Head) -> str:
    return head.path.split("/")[3]


def _says(head: Head) -> str:
    return str((head.value or {}).get("value", ""))


def _delegation(head: Head) -> Delegation:
    value = head.value or {}
    end = str(value.get("to", ""))
    return Delegation(
        task=_task(head),
        start=date.fromisoformat(str(value["from"])),
        end=date.fromisoformat(end) if end else None,
        by=head.actor,
        at=head.recorded_at,
        entry=head.entry,
    )


def _training(head: Head) -> Training:
    value = head.value or {}
    return Training(
        task=_task(head),
        day=date.fromisoformat(str(value["value"])),
        version=str(value.get("program", "")),
        by=head.actor,
    )
