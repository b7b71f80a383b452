"""Rights that would tell a person what their role must not know.

Raters learn of no adverse event, infusion or hold, nor that other forms exist; the preparer, who
may learn the arm, reads and enters nothing that masked staff work with; the administrator keeps
the software and sees no clinical content (trial rules, sections 4 and 6).
"""

from collections.abc import Mapping

from msclinic.domain.access import ASSESSING_ROLES
from msclinic.domain.infusion.items import PRODUCT_RELEASE
from msclinic.forms.definitions import FormDefinition
from msclinic.study.model import Role
from msclinic.study.reader import Place, Reader

__all__ = ["masking_kept"]

_OWN_FORMS = frozenset(
    {"edss", "t25fw", "nhpt", "sdmt", "msis29", "mfis", "fss", "eq5d5l", "mask_guess"}
)
_OWN_WORDS = frozenset({"exam", "form_entered"})
_RATER = "RAT"
_RATERS_ALONE = frozenset({"edss", "exam"})
"""The exam and its signature."""
_OWN_QUERIES = "answer_queries"
_ADMINISTRATOR = "ADMIN"
_SOFTWARE = frozenset({"people", "study", "verify", "backup", "settings"})


def masking_kept(
    reader: Reader,
    place: Place | None,
    roles: Mapping[str, Role],
    forms: Mapping[str, FormDefinition],
) -> None:
    """Hold every right against the mask of its role.

    Args:
        reader: Of rights.yaml; mistakes go there.
        place: Its list of roles.
        roles: As read.
        forms: The study's forms.
    """
    quiet = Reader(reader.file, [], reader.languages)
    for one in quiet.sequence(place, "roles"):
        keys = one.value if isinstance(one.value, dict) else {}
        role = roles.get(quiet.text(keys.get("code"), "code"))
        if role is None:
            continue
        for code, masked in (("PREP", False), *((code, True) for code in ASSESSING_ROLES)):
            if role.code == code and role.masked is not masked:
                line = keys["masked"].line if "masked" in keys else one.line
                sentence = f"{role.code} is {'masked' if masked else 'not masked'}"
                reader.wrong(line, "MASK_RIGHTS", sentence, role.code)
        for right in quiet.sequence(keys.get("rights"), "rights"):
            text = quiet.text(right, "right")
            why = _forbidden(role, text, forms)
            if why:
                sentence = f"{role.code} may not hold {text!r}: {why}"
                reader.wrong(right.line, "MASK_RIGHTS", sentence, role.code)


def _forbidden(role: Role, right: str, forms: Mapping[str, FormDefinition]) -> str:
    """Return why a role may not hold a right, or nothing."""
    verb, _, target = right.partition(":")
    if role.code in ASSESSING_ROLES:
        if right == _OWN_QUERIES:
            return ""
        if role.code != _RATER and target in _RATERS_ALONE:
            return "the exam is the rater's alone"
        allowed = {"enter": _OWN_FORMS, "read": _OWN_FORMS, "sign": _OWN_WORDS}.get(verb)
        # A form of raters only is theirs under any name.
        own = target in forms and forms[target].rater_only and verb != "sign"
        if not own and (allowed is None or target not in allowed):
            return "raters see their own examinations and nothing else"
        return ""
    if role.code == _ADMINISTRATOR:
        plain = right in _SOFTWARE or right == "sign:study_activation"
        return "" if plain else "the administrator sees no clinical content"
    if verb == "export" and target and role.side == "site":
        return (
            "what each person answers alone goes to the sponsor's analysis and nobody at the site"
        )
    if not role.masked:
        if verb in ("enter", "read") and not _unmasked_form(target, forms):
            return "who may learn the arm reads and enters nothing of masked staff"
        if verb == "open" or right in ("infusion", "override", "deviations", "enrol", "sign:*"):
            return "who may learn the arm takes no part in the visit"
        return ""
    if PRODUCT_RELEASE in forms and right in (
        f"enter:{PRODUCT_RELEASE}",
        "enter:*",
        "sign:G2",
        "sign:*",
    ):
        return "a masked role takes no part in the preparation, nor holds every right"
    return ""


def _unmasked_form(target: str, forms: Mapping[str, FormDefinition]) -> bool:
    form = forms.get(target)
    return target == PRODUCT_RELEASE or (
        form is not None and (form.zone == "U" or form.reveals_arm)
    )
