"""Every action that an entry of format 1 can name, and what the fold does with it.

A name is never taken away and never gets another meaning: entries name it for ever. An action
that is not listed waits outside the fold.
"""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

__all__ = ["ACTIONS", "ActionKind", "is_known"]


@frozen
class ActionKind:
    """What an action does to the tables.

    Attributes:
        register: It writes its path: the entry can be a head there and be superseded.
        signs: Its value lists the heads that a person signed.
        clinical: It is part of one participant's record.
    """

    register: bool
    signs: bool = False
    clinical: bool = False


_EVENT = ActionKind(register=False)
_SITE = ActionKind(register=True)
_CLINICAL = ActionKind(register=True, clinical=True)

ACTIONS: Mapping[str, ActionKind] = MappingProxyType(
    {
        "site_founded": _SITE,
        "device_joined": _SITE,
        "stream_started": _EVENT,
        "account_opened": _SITE,
        "keys_published": _SITE,
        "certificate_issued": _SITE,
        "certificate_witnessed": _SITE,
        "role_granted": _SITE,
        "role_ended": _SITE,
        "delegation_recorded": _SITE,
        "account_disabled": _SITE,
        "training_recorded": _SITE,
        "sign_in_extended": _SITE,
        "people_reviewed": _SITE,
        "signing_pin_set": _SITE,
        "signing_pin_refused": _EVENT,
        "signed_in": _EVENT,
        "signed_out": _EVENT,
        "sign_in_failed": _EVENT,
        "locked": _EVENT,
        "study_activated": _SITE,
        "dosing_switched": _SITE,
        "participant_enrolled": _CLINICAL,
        "visit_opened": _CLINICAL,
        "visit_closed": _CLINICAL,
        "form_opened": _CLINICAL,
        "form_completed": _CLINICAL,
        "form_reopened": _CLINICAL,
        "repeat_added": _CLINICAL,
        "repeat_removed": _CLINICAL,
        "answered": _CLINICAL,
        "computed": _CLINICAL,
        "finding_kept": _CLINICAL,
        "overridden": _CLINICAL,
        "signed": ActionKind(register=True, signs=True, clinical=True),
        "run_deferred": _CLINICAL,
        "run_cancelled": _CLINICAL,
        "deviation_recorded": _CLINICAL,
        "query_raised": _CLINICAL,
        "query_answered": _CLINICAL,
        "query_closed": _CLINICAL,
        "source_verified": _CLINICAL,
        "data_locked": _CLINICAL,
        "data_unlocked": _CLINICAL,
        "study_locked": _SITE,
        "study_unlocked": _SITE,
        "emergency_tapped": _CLINICAL,
        "emergency_claimed": _CLINICAL,
        "document_made": _SITE,
        "document_signed": _SITE,
        "exported": _EVENT,
        "printed": _EVENT,
        "verified": _EVENT,
        "journal_reviewed": _SITE,
        "unmasked_viewed": _EVENT,
        "incident_recorded": _SITE,
        "backed_up": _EVENT,
        "restored": _EVENT,
        "restore_rehearsed": _SITE,
        "archived": _EVENT,
        "inbox_opened": _EVENT,
        "clock_jumped": _EVENT,
        "segment_received": _EVENT,
        "blotted": _EVENT,
    }
)


def is_known(action: str) -> bool:
    """Whether this version of the program knows what the action does."""
    return action in ACTIONS
