"""Visits, roles and meanings of signatures, read and held against each other.

It reports mistakes and goes on. Who may really do what is decided in the services.
"""

from collections.abc import Mapping

from msclinic.domain.access import sponsor_right
from msclinic.forms.definitions import FormDefinition
from msclinic.study.model import Meaning, Role, Visit, VisitForm
from msclinic.study.reader import OID, VISIT_CODE, Place, Reader, unique

__all__ = [
    "RIGHTS",
    "load_meanings",
    "load_roles",
    "load_visits",
    "revealing_forms_stay_hidden",
    "rights_agree",
    "sponsor_reads_only",
]

RIGHTS = (
    "people",
    "delegate",
    "study",
    "documents",
    "export",
    "verify",
    "dosing",
    "enrol",
    "query",
    "answer_queries",
    "verify_source",
    "lock_data",
    "journal",
    "blot",
    "override",
    "infusion",
    "deviations",
    "backup",
    "settings",
)
"""Rights of one word; others are ``enter:``, ``read:``, ``sign:``, ``open:``, ``export:``."""

_KINDS = ("scheduled", "call", "common", "unscheduled")


def load_visits(
    reader: Reader, place: Place | None, forms: frozenset[str], roles: frozenset[str]
) -> tuple[Visit, ...]:
    """Read the schedule in its order."""
    codes, orders = unique(reader, "the visit"), unique(reader, "the visits' order")
    visits: list[Visit] = []
    for one in reader.sequence(place, "visits"):
        visit = _visit(reader, one, forms, roles)
        codes.take(visit.code, one.line)
        orders.take(str(visit.order), one.line)
        visits.append(visit)
    return tuple(sorted(visits, key=lambda visit: visit.order))


def _visit(reader: Reader, place: Place, forms: frozenset[str], roles: frozenset[str]) -> Visit:
    keys = reader.mapping(
        place,
        "a visit",
        ("code", "title", "order", "kind", "forms"),
        ("target_day", "window", "infusion", "repeating"),
    )
    code = reader.oid(keys.get("code"), "the visit's code", VISIT_CODE)
    kind = reader.one_of(keys.get("kind"), "kind", _KINDS, code)
    target = reader.number(keys.get("target_day"), "target_day")
    window = _window(reader, keys.get("window"), code)
    if kind == "scheduled" and 0 in (target, *(window or ())):
        reader.wrong(place.line, "NO_DAY_ZERO", "study days go from -1 to 1", code)
    ordered = window is not None and window[0] <= window[1]
    if (
        window is not None
        and ordered
        and target is not None
        and target not in range(window[0], window[1] + 1)
    ):
        reader.wrong(
            keys["target_day"].line,
            "TARGET_OUTSIDE_WINDOW",
            f"day {target} of {code} lies outside {window[0]} to {window[1]}",
            code,
        )
    names = unique(reader, f"in {code} the form")
    scheduled: list[VisitForm] = []
    for position, one in enumerate(reader.sequence(keys.get("forms"), "forms"), start=1):
        form = _visit_form(reader, one, position, forms, roles, code)
        names.take(form.form, one.line)
        scheduled.append(form)
    return Visit(
        code=code,
        title=reader.wording(keys.get("title"), "title", code),
        order=reader.number(keys.get("order"), "order") or 0,
        kind=kind,
        forms=tuple(sorted(scheduled, key=lambda form: form.order)),
        target_day=target,
        window=window,
        infusion=reader.number(keys.get("infusion"), "infusion", 1, 4),
        repeating=reader.flag(keys.get("repeating"), "repeating", False),
    )


def _window(reader: Reader, place: Place | None, code: str) -> tuple[int, int] | None:
    if place is None or place.value is None:
        return None
    days = [reader.number(one, "a day of the window") for one in reader.sequence(place, "window")]
    if len(days) != 2 or days[0] is None or days[1] is None:
        reader.wrong(place.line, "WRONG_VALUE", "a window is [from, to]", code)
        return None
    if days[0] > days[1]:
        reader.wrong(
            place.line, "WINDOW_REVERSED", f"the window of {code} ends before it starts", code
        )
    return days[0], days[1]


def _visit_form(
    reader: Reader,
    place: Place,
    position: int,
    forms: frozenset[str],
    roles: frozenset[str],
    visit: str,
) -> VisitForm:
    keys = reader.mapping(place, "a visit's form", ("form",), ("required", "role", "order"))
    form = reader.text(keys.get("form"), "form", visit)
    if form and form not in forms:
        reader.wrong(keys["form"].line, "UNKNOWN_FORM", f"there is no form {form}", visit)
    role = reader.text(keys.get("role"), "role", visit)
    if role and role not in roles:
        reader.wrong(keys["role"].line, "UNKNOWN_ROLE", f"the study has no role {role}", visit)
    order = reader.number(keys.get("order"), "order")
    required = reader.flag(keys.get("required"), "required", True)
    return VisitForm(form, required, role, position if order is None else order)


def load_roles(reader: Reader, place: Place | None) -> dict[str, Role]:
    """Read the roles; what their rights name is checked by ``rights_agree``."""
    names = unique(reader, "the role")
    roles: dict[str, Role] = {}
    for one in reader.sequence(place, "roles"):
        keys = reader.mapping(one, "a role", ("code", "title", "short", "side", "masked", "rights"))
        code = reader.oid(keys.get("code"), "the role's code")
        names.take(code, one.line)
        rights = [
            reader.text(right, "a right", code)
            for right in reader.sequence(keys.get("rights"), "rights")
        ]
        roles[code] = Role(
            code=code,
            title=reader.wording(keys.get("title"), "title", code),
            short=reader.wording(keys.get("short"), "short", code),
            side=reader.one_of(keys.get("side"), "side", ("site", "sponsor"), code),
            masked=reader.flag(keys.get("masked"), "masked", True),
            rights=frozenset(rights),
        )
    return roles


def load_meanings(reader: Reader, place: Place | None, roles: frozenset[str]) -> dict[str, Meaning]:
    """Read the meanings of signatures."""
    names = unique(reader, "the meaning")
    meanings: dict[str, Meaning] = {}
    for one in reader.sequence(place, "meanings"):
        keys = reader.mapping(one, "a meaning", ("code", "title", "roles"))
        code = reader.oid(keys.get("code"), "the meaning's code", OID)
        names.take(code, one.line)
        signers = []
        for role in reader.sequence(keys.get("roles"), "roles"):
            name = reader.text(role, "a role", code)
            if name not in roles:
                reader.wrong(role.line, "UNKNOWN_ROLE", f"the study has no role {name}", code)
            signers.append(name)
        meanings[code] = Meaning(
            code, reader.wording(keys.get("title"), "title", code), tuple(signers)
        )
    return meanings


def rights_agree(
    reader: Reader,
    place: Place | None,
    roles: Mapping[str, Role],
    meanings: Mapping[str, Meaning],
    forms: frozenset[str],
    visits: frozenset[str],
) -> None:
    """Hold every right against what the study has, and meanings against rights."""
    targets = {
        "enter": (forms, "UNKNOWN_FORM"),
        "read": (forms, "UNKNOWN_FORM"),
        "sign": (frozenset(meanings), "UNKNOWN_MEANING"),
        "open": (visits, "UNKNOWN_VISIT"),
        "export": (forms, "UNKNOWN_FORM"),
    }
    quiet = Reader(reader.file, [], reader.languages)
    for one in quiet.sequence(place, "roles"):
        keys = one.value if isinstance(one.value, dict) else {}
        role = quiet.text(keys.get("code"), "code")
        for right in quiet.sequence(keys.get("rights"), "rights"):
            text = quiet.text(right, "right")
            verb, colon, target = text.partition(":")
            if not colon and text in RIGHTS:
                continue
            if not colon or verb not in targets:
                reader.wrong(right.line, "UNKNOWN_RIGHT", f"there is no right {text!r}", role)
                continue
            known, code = targets[verb]
            if target != "*" and target not in known:
                reader.wrong(right.line, code, f"{text!r} names nothing of this study", role)
            elif verb == "sign" and target != "*" and role not in meanings[target].roles:
                sentence = f"{role} may sign {target}, but that meaning does not name {role}"
                reader.wrong(right.line, "RIGHTS_DISAGREE", sentence, role)
        own = roles.get(role)
        for meaning in meanings.values():
            if (
                own
                and role in meaning.roles
                and not own.rights
                & {
                    "sign:*",
                    f"sign:{meaning.code}",
                }
            ):
                sentence = f"{meaning.code} names {role}, which has no right sign:{meaning.code}"
                reader.wrong(one.line, "RIGHTS_DISAGREE", sentence, role)


def revealing_forms_stay_hidden(
    reader: Reader,
    place: Place | None,
    roles: Mapping[str, Role],
    forms: Mapping[str, FormDefinition],
) -> None:
    """No masked role may name a form that could reveal the arm; ``*`` never reaches one."""
    quiet = Reader(reader.file, [], reader.languages)
    for one in quiet.sequence(place, "roles"):
        keys = one.value if isinstance(one.value, dict) else {}
        role = roles.get(quiet.text(keys.get("code"), "code"))
        for right in quiet.sequence(keys.get("rights"), "rights"):
            verb, _, target = quiet.text(right, "right").partition(":")
            form = forms.get(target) if verb in ("enter", "read") else None
            if role is not None and role.masked and form is not None and form.reveals_arm:
                sentence = f"{role.code} is masked and {target} could reveal the arm"
                reader.wrong(right.line, "REVEALS_ARM", sentence, role.code)


def sponsor_reads_only(reader: Reader, place: Place | None, roles: Mapping[str, Role]) -> None:
    """No role of the sponsor enters, signs or changes anything (R-DAT-3, ICH E6(R3) 3.16.1)."""
    quiet = Reader(reader.file, [], reader.languages)
    for one in quiet.sequence(place, "roles"):
        keys = one.value if isinstance(one.value, dict) else {}
        role = roles.get(quiet.text(keys.get("code"), "code"))
        for right in quiet.sequence(keys.get("rights"), "rights"):
            text = quiet.text(right, "right")
            if role is not None and role.side == "sponsor" and not sponsor_right(text):
                sentence = f"{role.code} is of the sponsor and may not hold {text!r}"
                reader.wrong(right.line, "SPONSOR_RIGHTS", sentence, role.code)
