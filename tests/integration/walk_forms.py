"""Forms, visits, signatures and what leaves the clinic, for the walk over every role."""

from tests.integration.rights_walk import Call, Walk

from msclinic.services.documents import summary_file
from msclinic.services.entry import FormEntry
from msclinic.services.exporting import export_odm
from msclinic.services.participants import enrol
from msclinic.services.session import Session
from msclinic.services.signing import FORM_MEANINGS, sign
from msclinic.services.visits import open_visit
from msclinic.shipped import shipped_study
from msclinic.study import load_study

__all__ = ["FORMS", "OTHERS"]

_STUDY = load_study(shipped_study())
_KEY = "a" * 16


def _visit_of(form: str) -> str:
    return next(
        visit.code
        for visit in sorted(_STUDY.visits, key=lambda one: one.order)
        if any(planned.form == form for planned in visit.forms)
    )


def _opening(form: str) -> Call:
    key = _KEY if _STUDY.form(form).repeating else "1"

    def ask(walk: Walk, session: Session) -> object:
        return FormEntry(session, walk.participant, _visit_of(form), form, "1", key)

    return Call(f"open form {form}", ask, lambda session: _sees(session, form))


def _signing(meaning: str) -> Call:
    def ask(walk: Walk, session: Session) -> object:
        return sign(session, walk.participant, "SCR/1/demography/1", meaning, "not the password")

    return Call(
        f"sign {meaning}",
        ask,
        lambda session: session.may(f"sign:{meaning}") and _sees(session, "demography"),
    )


def _sees(session: Session, form: str) -> bool:
    return session.may(f"read:{form}") or session.may(f"enter:{form}")


FORMS = tuple(_opening(form) for form in _STUDY.forms)
OTHERS = (
    *(_signing(meaning) for meaning in FORM_MEANINGS),
    Call("enrol", lambda _, s: enrol(s, 7), "enrol"),
    Call(
        "open_visit",
        lambda w, s: open_visit(s, w.participant, "SCR", s.now().date()),
        lambda s: s.may("open:SCR"),
    ),
    Call("export_odm", lambda w, s: export_odm(s, w.clinic.home.folder / "x.xml"), "export"),
    Call(
        "summary_file",
        lambda w, s: summary_file(s, "PL01-007", "V9", w.folder / "x.pdf", "en"),
        # Who reads everything may take a copy; who makes documents reads them too.
        lambda s: s.may("documents") or s.may("read:*"),
        frozenset({"no_documents"}),
    ),
)
