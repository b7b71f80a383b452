"""The services of people, sign-ins and the study, for the walk over every role."""

from datetime import date

from tests.clinic import COST
from tests.integration.rights_walk import SECRET, Call, Walk

from msclinic.services.founding import activate_study
from msclinic.services.infusion.dosing import switch_dosing
from msclinic.services.people import (
    accounts,
    colleagues,
    disable_account,
    open_account,
    renew_certificate,
)
from msclinic.services.people.delegation import delegate, delegation_log, may_delegate, train
from msclinic.services.people.incidents import export_incidents, incidents, record_incident
from msclinic.services.people.leavers import new_epoch, strike_off
from msclinic.services.people.passwords import change_password, reset_password
from msclinic.services.people.recovery import renew_recovery
from msclinic.services.people.review import extend_sign_ins, review_people, review_state
from msclinic.services.people.rights import holdings_at
from msclinic.services.people.rights_document import rights_file, rights_pdf
from msclinic.services.people.roles import end_role, grant_role
from msclinic.services.session import Session

__all__ = ["PEOPLE"]

NOBODY = "NUR-99"
DAY = date(2026, 11, 23)


def _reads(session: Session) -> bool:
    return session.may("people") or session.may("journal")


def _beside(walk: Walk, session: Session) -> Session:
    return walk.session("PHY" if session.role != "PHY" else "NUR")


def _new_epoch(walk: Walk, session: Session) -> None:
    """The others have joined the same record; each goes on with the one that was opened anew."""
    new_epoch(session)
    for other in walk.clinic.sessions.values():
        other.store = session.store


PEOPLE = (
    Call("accounts", lambda _, s: accounts(s), _reads),
    Call("colleagues", lambda _, s: colleagues(s, ("PHY",)), lambda _: True),
    Call("delegation_log", lambda _, s: delegation_log(s), _reads),
    Call("review_state", lambda _, s: review_state(s), _reads),
    Call("holdings_at", lambda _, s: holdings_at(s, s.now()), _reads),
    Call("rights_pdf", lambda _, s: rights_pdf(s), _reads),
    Call("rights_file", lambda w, s: rights_file(s, w.folder / "rights.pdf"), _reads),
    Call("incidents", lambda _, s: incidents(s), _reads),
    Call("export_incidents", lambda w, s: export_incidents(s, w.folder / "list.csv"), _reads),
    Call(
        "record_incident", lambda _, s: record_incident(s, "", s.now()), lambda s: s.side == "site"
    ),
    Call(
        "open_account",
        lambda w, s: open_account(s, "bad id", "NUR", SECRET, _beside(w, s), COST),
        "people",
    ),
    Call("disable_account", lambda _, s: disable_account(s, NOBODY), "people"),
    Call("strike_off", lambda _, s: strike_off(s, s.account), "people"),
    Call("new_epoch", _new_epoch, "people"),
    Call("grant_role", lambda _, s: grant_role(s, NOBODY, "NUR"), "people"),
    Call("end_role", lambda _, s: end_role(s, NOBODY, "NUR"), "people"),
    Call(
        "delegate", lambda _, s: delegate(s, NOBODY, "NUR", DAY), lambda s: may_delegate(s, "NUR")
    ),
    Call("train", lambda _, s: train(s, NOBODY, "NUR", DAY), "people"),
    Call(
        "renew_certificate",
        lambda w, s: renew_certificate(s, NOBODY, _beside(w, s)),
        "people",
    ),
    Call(
        "reset_password",
        lambda w, s: reset_password(s, NOBODY, SECRET, _beside(w, s), COST),
        "people",
    ),
    Call("renew_recovery", lambda _, s: renew_recovery(s), "people"),
    Call("review_people", lambda _, s: review_people(s), "people"),
    Call("extend_sign_ins", lambda _, s: extend_sign_ins(s, ""), "delegate"),
    Call("change_password", lambda _, s: change_password(s, "", ""), lambda _: True),
    Call("switch_dosing", lambda _, s: switch_dosing(s, True, ""), "sign:dosing"),
    Call(
        "activate_study",
        lambda w, s: activate_study(s, w.session("PI" if s.role != "PI" else "ADMIN"), s.study),
        "sign:study_activation",
    ),
)
