"""The items that the program's instruments are built on, and what nobody may override.

A form may hold more than stands here, never less: gates, scores and the way through the study
look for these items by name. A form that the study does not have is not asked for, and without a
form of the infusion day a study may shape the forms around it as it likes.
"""

from collections.abc import Iterator, Mapping

from attrs import frozen

from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    CODELISTS,
    FIT_TO_DOSE,
    INFUSION,
    ITEMS,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
    VITALS_ITEMS,
)
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.study.reader import Place, Reader

__all__ = ["INSTRUMENT_ITEMS", "NEVER_OVERRIDDEN", "InstrumentItem", "instruments_whole"]

_NUMBER = ("integer", "decimal")
_SOME_DAY = ("date", "partial_date")


@frozen
class InstrumentItem:
    """One item as a rule expects it.

    Attributes:
        form: Form it stands in.
        item: Item OID.
        types: Types that the rule can read.
        unit: UCUM unit of a number, or None where the rule does not care.
        codes: Codes that its codelist has to hold.
        group: Group it has to stand in, or empty.
    """

    form: str
    item: str
    types: tuple[str, ...]
    unit: str | None = None
    codes: frozenset[str] = frozenset()
    group: str = ""


def _form(form: str, **items: tuple[str, ...] | str) -> tuple[InstrumentItem, ...]:
    """Read ``ITEM="type"`` or ``ITEM=("code", code, ..)``."""
    found = []
    for item, kind in items.items():
        types, codes = ((kind,), ()) if isinstance(kind, str) else (kind[:1], kind[1:])
        known = {"number": _NUMBER, "day": _SOME_DAY}.get(types[0], types)
        found.append(InstrumentItem(form, item, known, codes=frozenset(codes)))
    return tuple(found)


def _of_infusion() -> Iterator[InstrumentItem]:
    for rule in ITEMS.values():
        codes = frozenset(CODELISTS[rule.codelist]) if rule.codelist else frozenset[str]()
        group = "" if rule.group == "main" else rule.group
        yield InstrumentItem(rule.form, rule.item, (rule.type,), rule.unit or "", codes, group)


def _of_vitals() -> Iterator[InstrumentItem]:
    for item, unit in VITALS_ITEMS.items():
        if unit:
            yield InstrumentItem(VITAL_SIGNS, item, _NUMBER, unit)
        else:
            yield InstrumentItem(VITAL_SIGNS, item, ("code",), "", frozenset(CODELISTS[item]))


_YES_NO = ("code", "Y", "N")
_TO_SIX = ("code", *(str(grade) for grade in range(7)))
_TO_FIVE = _TO_SIX[:-1]
_EDSS_STEPS = ("code", "0", *(f"{half / 2:.1f}" for half in range(2, 20)), "10")
_AN_ACT: dict[str, tuple[str, ...] | str] = {"DSSTDAT": "date", "ACT_STANDS": _YES_NO}

INSTRUMENT_ITEMS: tuple[InstrumentItem, ...] = (
    *_of_infusion(),
    *_of_vitals(),
    *_form(
        VITAL_SIGNS,
        VSTPT=("code", "BASE", "EOI"),
        VSDTC="datetime",
        NEWS2="integer",
    ),
    *_form(
        "edss",
        RSDTC="datetime",
        FS_VISUAL=_TO_SIX,
        FS_BRAINSTEM=_TO_FIVE,
        FS_PYRAMIDAL=_TO_SIX,
        FS_CEREBELLAR=_TO_FIVE,
        FS_CEREBELLAR_X=_YES_NO,
        FS_SENSORY=_TO_SIX,
        FS_BOWEL_BLADDER=_TO_SIX,
        FS_CEREBRAL=_TO_FIVE,
        AMBULATION=("code", *(str(score) for score in range(17))),
        WALK_AID=("code", "NONE", "ONE", "TWO", "WHEELCHAIR"),
        EDSS=_EDSS_STEPS,
        EDSS_REASON="code",
        EDSS_REASON_TEXT="text",
    ),
    InstrumentItem("edss", "WALK_DISTANCE", _NUMBER, "m"),
    InstrumentItem("edss", "WALK_AID_DISTANCE", _NUMBER, "m"),
    InstrumentItem("edss", "EDSS_COMPUTED", ("decimal",), ""),
    *_form(
        "demography",
        BRTHYY="integer",
        SEX=("code", "F", "M"),
        COURSE="code",
        ALLERGY="code",
        ALLERGY_TEXT="text",
        CONTACT_ALLERGY="codes",
    ),
    *_form("consent", CONSENT_VERSION="text", DSSTDAT="date"),
    *_form("eligibility", IEYN=_YES_NO),
    *_form("randomisation", RANDDAT="date", RANDNO="text", RANDNO_AGAIN="text"),
    *_form(
        "kit_assignment", RANDOMISATION_NUMBER="text", KIT_NUMBER="text", KIT_NUMBER_AGAIN="text"
    ),
    *_form("screen_failure", **_AN_ACT, SF_REASON="code"),
    *_form("rescreening", **_AN_ACT, EARLIER_CODE="text"),
    *_form("product_stop", **_AN_ACT, DSDECOD="code"),
    *_form("withdrawal", **_AN_ACT, WD_PRODUCT=_YES_NO, WD_VISITS=_YES_NO, WD_SAMPLES=_YES_NO),
    *_form("lost_to_follow_up", **_AN_ACT, LAST_CONTACT="date"),
    *_form("transfer", **_AN_ACT, TRANSFER_SITE="text"),
    *_form("end_of_study", **_AN_ACT),
    *_form("death", ACT_STANDS=_YES_NO, DTHDAT="day"),
    *_form("relapse", CEREPDAT="date", CESTDAT="day"),
    *_form(
        "concomitant_medication",
        CMCLASS=("code", "STEROID"),
        CMSTDAT="day",
        CMONGO=_YES_NO,
        CMENDAT="day",
    ),
    *_form(
        "adverse_event",
        AETERM="text",
        AESTDAT="day",
        AESTTIM="datetime",
        AEONGO=_YES_NO,
        AEENDAT="day",
        AETOXGR=("code", "1", "2", "3", "4", "5"),
        AESPID="integer",
        AESER=_YES_NO,
        AESDTH=_YES_NO,
        AEAWARE="datetime",
        AEREL=("code", "RELATED", "NOT_RELATED"),
        AEACN="code",
        AEOUT="code",
    ),
    *_form("serious_adverse_event", AESPID="integer", AEAWARE="datetime", AE_REPORTED="datetime"),
    *_form("medication_error", ME_AWARE="datetime", ME_REPORTED="datetime"),
    *_form(
        "pregnancy",
        PREG_WHO=("code", "PARTICIPANT"),
        PREG_AWARE="datetime",
        PREG_REPORTED="datetime",
    ),
    *_form("pregnancy_test", LBDAT="date", HCG_LBORRES=("code", "NEG", "POS")),
    *_form("deviation", DVTERM="text", DVDECOD="code", DVSTDAT="date", DVREFID="text"),
)
"""Every item that Python looks for by name, but for laboratory results."""

_BESIDE = {
    "{test}_LBORRES": ("text", "code"),
    "{test}_LBCLSIG": ("code",),
    "LBDAT": ("date",),
}
"""What a flag of a laboratory result (``CRP_LBNRIND``) needs beside it."""
_BESIDE_A_QUANTITY = {"{test}_LBORRESU": ("code",), "LBNAM": ("code",)}
"""And besides, where the result is typed as reported."""
_FLAG = "_LBNRIND"

_DAY = frozenset({FIT_TO_DOSE, PRODUCT_RELEASE, BEDSIDE_CHECK, INFUSION, AFTER_INFUSION})
_ALONE = _DAY | {"edss"}
"""Forms whose items are needed whatever else the study has."""

NEVER_OVERRIDDEN: Mapping[str, frozenset[str]] = {
    # Infusion day, section 2 (study default): identity, consent, stop reason, pregnancy test,
    # adrenaline and oxygen, the physician on site; a graver reaction before (S07).
    **{
        form: frozenset(rule.item for rule in ITEMS.values() if rule.never and rule.form == form)
        for form in sorted({rule.form for rule in ITEMS.values() if rule.never})
    },
    # The consent behind A04, the product of the right participant (S01), and what is computed.
    "consent": frozenset({"RECONSENTED", "CONSENT_STATUS", "CONSENT_VERSION", "STILL_WILLING"}),
    "kit_assignment": frozenset({"RANDOMISATION_NUMBER", "KIT_NUMBER", "KIT_NUMBER_AGAIN"}),
    BEDSIDE_CHECK: frozenset({"C01", "C02_BAG", "C02_CARD", "C04", "C09"}),
    PRODUCT_RELEASE: frozenset({"PR_KIT", "PR_USE_BEFORE", "PR_RELEASED"}),
}
"""Items whose gate checks no physician overrides, by form."""


def instruments_whole(
    reader: Reader, place: Place | None, form: FormDefinition, others: frozenset[str]
) -> None:
    """Hold one form against what the program builds on it.

    Args:
        reader: Of the form's file; mistakes go there.
        place: The file as read.
        form: The form.
        others: Every form of the study.
    """
    if form.oid not in _ALONE and not others & _DAY:
        return
    lines = _lines(place)
    for need in INSTRUMENT_ITEMS:
        if need.form == form.oid:
            _item_fits(reader, lines, form, need)
    for group in form.item_groups:
        for item in group.items:
            if item.oid.endswith(_FLAG):
                _result_whole(reader, lines, form, item.oid.removesuffix(_FLAG))
    for name in sorted(NEVER_OVERRIDDEN.get(form.oid, ())):
        found = _find(form, name)
        if found is not None:
            _held(reader, lines, found)


def _item_fits(
    reader: Reader, lines: Mapping[str, int], form: FormDefinition, need: InstrumentItem
) -> None:
    item = _find(form, need.item)
    if item is None:
        sentence = f"the program needs the item {need.item} in the form {form.oid}"
        reader.wrong(1, "INSTRUMENT_ITEM", sentence, need.item)
        return
    wrong = ""
    if item.type not in need.types:
        wrong = f"is {' or '.join(need.types)}, not {item.type}"
    elif need.unit is not None and (item.unit or "") != need.unit:
        wrong = f"has the unit {need.unit or 'none'}, not {item.unit or 'none'}"
    elif need.codes - set(item.codelist.codes if item.codelist else ()):
        lacking = sorted(need.codes - set(item.codelist.codes if item.codelist else ()))
        wrong = f"has a codelist with {', '.join(lacking)}"
    elif need.group and form.group_of(item.oid).oid != need.group:
        wrong = f"stands in the group {need.group}"
    if wrong:
        line = lines.get(item.oid, 1)
        sentence = f"for the program {item.oid} {wrong}"
        reader.wrong(line, "INSTRUMENT_ITEM", sentence, item.oid)


def _result_whole(
    reader: Reader, lines: Mapping[str, int], form: FormDefinition, test: str
) -> None:
    line = lines.get(f"{test}{_FLAG}", 1)
    result = _find(form, f"{test}_LBORRES")
    quantity = result is not None and result.type == "text"
    for pattern, types in (_BESIDE | (_BESIDE_A_QUANTITY if quantity else {})).items():
        name = pattern.format(test=test)
        item = _find(form, name)
        if item is None or item.type not in types:
            sentence = f"a result of {test} needs the item {name} ({' or '.join(types)})"
            reader.wrong(line, "INSTRUMENT_ITEM", sentence, name)


def _held(reader: Reader, lines: Mapping[str, int], item: ItemDefinition) -> None:
    gates = [check for check in item.checks if check.kind == "gate"]
    if not gates:
        sentence = f"{item.oid} must keep its gate shut, and has no gate check"
        reader.wrong(lines.get(item.oid, 1), "NEVER_OVERRIDABLE", sentence, item.oid)
    for check in gates:
        if check.overridable:
            sentence = f"{item.oid} can never be overridden: {check.code} is overridable: false"
            line = lines.get(f"{item.oid}/{check.code}", lines.get(item.oid, 1))
            reader.wrong(line, "NEVER_OVERRIDABLE", sentence, item.oid)


def _find(form: FormDefinition, oid: str) -> ItemDefinition | None:
    return next((i for group in form.item_groups for i in group.items if i.oid == oid), None)


def _lines(place: Place | None) -> dict[str, int]:
    """Line of every item, and of every check as ``ITEM/CHECK``, in a form's file."""
    found: dict[str, int] = {}
    for group in _several(place, "item_groups"):
        for item in _several(group, "items"):
            name = _scalar(item, "item")
            found[name] = item.line
            for check in _several(item, "checks"):
                line = _parts(check).get("overridable", check).line
                found[f"{name}/{_scalar(check, 'code')}"] = line
    return found


def _parts(place: Place | None) -> Mapping[str, Place]:
    return place.value if place is not None and isinstance(place.value, dict) else {}


def _several(place: Place | None, key: str) -> list[Place]:
    held = _parts(place).get(key)
    return held.value if held is not None and isinstance(held.value, list) else []


def _scalar(place: Place, key: str) -> str:
    held = _parts(place).get(key)
    return str(held.value) if held is not None else ""
