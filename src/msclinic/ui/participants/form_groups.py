"""The groups in which all forms of a study are shown together, in the order of a day."""

from msclinic.study import Study
from msclinic.wording import tr

__all__ = ["form_group", "form_place", "group_names"]

# Groups of forms by CDISC domain; what has no domain is about safety.
_CONSENT, _TESTS, _SAFETY, _IMAGING, _INFUSION = range(5)
_GROUP_OF = {"DS": _CONSENT, "DM": _CONSENT, "MH": _CONSENT, "IE": _CONSENT}
_GROUP_OF |= {"QS": _TESTS, "FT": _TESTS, "RS": _TESTS, "PR": _IMAGING, "NV": _IMAGING}


def group_names() -> dict[int, str]:
    """The groups by name, in order."""
    return {
        _CONSENT: tr("Consent, history, eligibility"),
        _TESTS: tr("Questionnaires, tests, exam"),
        _SAFETY: tr("Safety, laboratory, samples"),
        _IMAGING: tr("Imaging and lumbar puncture"),
        _INFUSION: tr("Randomisation and infusion"),
    }


def form_group(study: Study, oid: str) -> int:
    """The group of a form that some visit asks for."""
    asking = [visit for visit in study.visits if any(form.form == oid for form in visit.forms)]
    domain = study.form(oid).domain
    if all(visit.infusion is not None for visit in asking):
        # Results come later and belong to their samples.
        return _INFUSION if domain in ("", "DA", "EC", "DS") else _SAFETY
    return _GROUP_OF.get(domain, _SAFETY)


def form_place(study: Study, oid: str) -> tuple[int, int]:
    """Where a form stands among the others of a day."""
    return max(
        (form.order, visit.order)
        for visit in study.visits
        for form in visit.forms
        if form.form == oid
    )
