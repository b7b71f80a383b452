"""Who may do what: rights as words, and which duties must not meet in one person.

Rights come from the study folder. Nothing is allowed by default.
"""

from collections.abc import Iterable, Mapping

from attrs import frozen

__all__ = [
    "ASSESSING_ROLES",
    "TREATING_ROLES",
    "Conflict",
    "for_ever",
    "may",
    "separation",
    "sponsor_right",
]

TREATING_ROLES = frozenset({"NUR", "PHY", "PI"})
ASSESSING_ROLES = frozenset({"RAT", "ASSESSOR"})
_UNMASKED_ROLES = frozenset({"PREP", "LABU"})
_SOFTWARE_ROLES = frozenset({"ADMIN"})
_SPONSOR_RIGHTS = frozenset({"query", "verify_source", "journal", "export", "verify"})
_SITE_MASKED_ROLES = frozenset({"NUR", "PHY", "PI", "RAT", "ASSESSOR", "CRC", "LAB"})


@frozen
class Conflict:
    """Two duties that must not lie with one person.

    Attributes:
        code: TREATS_AND_RATES, UNMASKED_AND_MASKED, SOFTWARE_AND_CLINICAL or SITE_AND_SPONSOR.
        first: Role held.
        second: Role that does not go with it.
        message: The sentence by language.
    """

    code: str
    first: str
    second: str
    message: Mapping[str, str]


def may(rights: frozenset[str], wanted: str) -> bool:
    """Tell whether a right is held, by its own name or by 'verb:*'."""
    verb, colon, _ = wanted.partition(":")
    return wanted in rights or (bool(colon) and f"{verb}:*" in rights)


def sponsor_right(right: str) -> bool:
    """Tell whether a role of the sponsor may hold a right: it reads and queries only (R-DAT-3)."""
    return right.startswith(("read:", "export:")) or right in _SPONSOR_RIGHTS


def for_ever(conflict: Conflict) -> bool:
    """Tell whether a role that has ended still counts: what was learned is not forgotten."""
    return conflict.code in ("UNMASKED_AND_MASKED", "SITE_AND_SPONSOR")


def _meet(roles: set[str], one: frozenset[str], other: frozenset[str]) -> list[tuple[str, str]]:
    return [(first, second) for first in sorted(roles & one) for second in sorted(roles & other)]


def separation(
    role_pairs: Iterable[tuple[str, str]], sponsor_roles: frozenset[str] = frozenset()
) -> tuple[Conflict, ...]:
    """Return the duties of one person that must not meet.

    Args:
        role_pairs: (role, participant) of what the person does or is about to do; participant ''
            for a role held at the site as such.
        sponsor_roles: Roles on the sponsor's side.

    Returns:
        Conflicts: who treats a participant cannot rate that participant; who prepares the product
        or reads revealing results may learn the arm and holds no masked role; who looks after the
        software enters and signs nothing clinical (R-USR-3); a person belongs to the site or to
        the sponsor.
    """
    by_participant: dict[str, set[str]] = {}
    every: set[str] = set()
    for role, participant in role_pairs:
        every.add(role)
        if participant:
            by_participant.setdefault(participant, set()).add(role)
    found: dict[tuple[str, str, str], Conflict] = {}
    for roles in by_participant.values():
        for first, second in _meet(roles, TREATING_ROLES, ASSESSING_ROLES):
            found["TREATS_AND_RATES", first, second] = Conflict(
                "TREATS_AND_RATES",
                first,
                second,
                {
                    "en": "Who treats a participant cannot rate that participant.",
                    "pl": "Kto leczy uczestnika, nie może go oceniać.",
                },
            )
    for first, second in _meet(every, _UNMASKED_ROLES, _SITE_MASKED_ROLES):
        found["UNMASKED_AND_MASKED", first, second] = Conflict(
            "UNMASKED_AND_MASKED",
            first,
            second,
            {
                "en": "Who may learn the arm cannot hold a masked role.",
                "pl": "Kto może poznać ramię badania, nie może pełnić roli zaślepionej.",
            },
        )
    for first, second in _meet(every, _SOFTWARE_ROLES, _SITE_MASKED_ROLES | _UNMASKED_ROLES):
        found["SOFTWARE_AND_CLINICAL", first, second] = Conflict(
            "SOFTWARE_AND_CLINICAL",
            first,
            second,
            {
                "en": "Who looks after the software enters and signs nothing clinical.",
                "pl": "Administrator programu nie wpisuje ani nie podpisuje danych klinicznych.",
            },
        )
    site_roles = frozenset(every) - sponsor_roles
    for first, second in _meet(every, site_roles, sponsor_roles):
        found["SITE_AND_SPONSOR", first, second] = Conflict(
            "SITE_AND_SPONSOR",
            first,
            second,
            {
                "en": "An account belongs to the site or to the sponsor, never to both.",
                "pl": "Konto należy do ośrodka albo do sponsora, nigdy do obu.",
            },
        )
    return tuple(found.values())
