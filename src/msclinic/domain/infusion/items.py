"""The items of the infusion day that gates and stop rules are built on, by item id.

Forms and rules both follow this list. It holds no limit and no answer: limits come from the
study folder, answers from the record.
"""

from attrs import frozen

from msclinic.domain.infusion.item_names import NAMES

__all__ = [
    "AFTER_INFUSION",
    "BEDSIDE_CHECK",
    "CALL",
    "CODELISTS",
    "FIT_TO_DOSE",
    "INFUSION",
    "ITEMS",
    "PRODUCT_RELEASE",
    "VITALS_ITEMS",
    "VITAL_SIGNS",
    "ItemRule",
    "items_of",
]

FIT_TO_DOSE = "fit_to_dose"
PRODUCT_RELEASE = "product_release"
BEDSIDE_CHECK = "bedside_check"
INFUSION = "infusion"
AFTER_INFUSION = "after_infusion"
CALL = "call"
VITAL_SIGNS = "vital_signs"

CODELISTS: dict[str, tuple[str, ...]] = {
    "NY": ("Y", "N"),
    "INFECTION": ("FEVER", "COUGH", "URINARY", "SKIN", "DENTAL", "COVID_LIKE", "OTHER"),
    "CHILDBEARING": ("POTENTIAL", "STERILE", "POSTMENOPAUSAL"),
    "PREGNANCY_TEST": ("NEG", "POS", "INVALID"),
    "REACTION_GRADE": ("1", "2", "3", "4", "5"),
    "NEWS2_SCALE": ("1", "2"),
    "CANNULA_SITE": ("HAND", "WRIST", "FOREARM", "ANTECUBITAL", "OTHER"),
    "SIDE": ("LEFT", "RIGHT"),
    "GAUGE": ("G18", "G20", "G22", "G24"),
    "LINE_TYPE": ("STANDARD", "COLOURED", "OTHER"),
    "FILTER": ("NONE", "UM_0_2", "OTHER"),
    "INTERRUPTION_REASON": ("REACTION", "ACCESS", "PUMP", "TOILET", "OTHER"),
    "SYMPTOM": (
        "NONE",
        "ITCH",
        "RASH",
        "FLUSH",
        "DYSPNOEA",
        "CHEST",
        "DIZZINESS",
        "CHILLS",
        "NAUSEA",
        "HEADACHE",
        "NEW_NEURO",
    ),
    "STOP_REASON": (
        "S01",
        "S02",
        "S04",
        "S05",
        "S06",
        "S07",
        "S08",
        "S09",
        "S10",
        "S11",
        "PUMP",
        "OTHER",
    ),
    "PRODUCT_REMAINS": ("RETURNED", "KEPT", "DESTROYED"),
    "DISCHARGE": ("HOME", "TRANSFERRED", "AGAINST_ADVICE", "DIED"),
    "CONSCIOUSNESS": ("A", "C", "V", "P", "U"),
}


@frozen
class ItemRule:
    """One item and what its answer has to be for the gate it belongs to.

    Attributes:
        item: Item id.
        form: Form the item stands in.
        group: Item group; repeating ones are rate_step, line_check, interruption, symptoms.
        type: Answer type; a yes/no is a code of codelist NY.
        rule: yes, no, answered, codes (see `passing`), grade (below the study's limit),
            record (equals the open record), computed (decided from facts, the item is for show)
            or optional.
        hard: The gate stays shut when the rule fails; otherwise it is a warning.
        never: No physician may override it.
        na: 'Not applicable' is an answer.
        codelist: Name in `CODELISTS`.
        passing: Codes that pass where rule is codes.
        when: Item and codes that make this one applicable; None is always.
        unit: UCUM unit of a number.
        en: Short name in English.
        pl: Short name in Polish.
    """

    item: str
    form: str
    group: str
    type: str
    rule: str
    hard: bool
    never: bool
    na: bool
    codelist: str | None
    passing: tuple[str, ...]
    when: tuple[str, tuple[str, ...]] | None
    unit: str | None
    en: str
    pl: str


def _item(
    item: str,
    kind: str,
    rule: str,
    *,
    form: str = "",
    group: str = "main",
    hard: bool = True,
    never: bool = False,
    na: bool = False,
    passing: tuple[str, ...] = (),
    when: tuple[str, tuple[str, ...]] | None = None,
) -> ItemRule:
    """Make a rule; `kind` is 'type', 'code:CODELIST' or 'decimal:unit'."""
    name, _, detail = kind.partition(":")
    is_code = name in ("code", "codes")
    en, pl = NAMES[item]
    return ItemRule(
        item=item,
        form=form or _FORM_BY_SECTION[item[0]],
        group=group,
        type=name,
        rule=rule,
        hard=hard,
        never=never,
        na=na,
        codelist=detail if is_code else None,
        passing=passing,
        when=when,
        unit=None if is_code else detail or None,
        en=en,
        pl=pl,
    )


_FORM_BY_SECTION = {
    "A": FIT_TO_DOSE,
    "P": PRODUCT_RELEASE,
    "C": BEDSIDE_CHECK,
    "D": INFUSION,
    "E": AFTER_INFUSION,
}

_NY = "code:NY"


def _yes(item: str) -> tuple[str, tuple[str, ...]]:
    return (item, ("Y",))


_POTENTIAL = ("A15", ("POTENTIAL",))
_HOME = ("E05_OUTCOME", ("HOME",))

_A = (
    _item("A01", "text", "record", never=True),
    _item("A02", _NY, "yes", never=True),
    _item("A03_WINDOW", _NY, "computed", hard=False),
    _item("A03_DAYS", "integer:d", "computed"),
    _item("A04", _NY, "yes", never=True),
    _item("A04_VERSION", "text", "answered", never=True),
    _item("A04_WILLING", _NY, "yes", never=True),
    _item("A05", _NY, "yes", never=True),
    _item("A06", _NY, "yes", hard=False, na=True),
    _item("A07", _NY, "no"),
    _item("A07_KIND", "codes:INFECTION", "answered", when=_yes("A07")),
    _item("A07_ANTIBIOTIC", _NY, "no"),
    _item("A08", _NY, "no"),
    _item("A08_DATE", "partial_date", "answered", when=_yes("A08")),
    _item("A09", _NY, "answered"),
    _item("A09_DRUG", "text", "answered", hard=False, when=_yes("A09")),
    _item("A09_LAST_DAY", "date", "answered", hard=False, when=_yes("A09")),
    _item("A10", _NY, "answered"),
    _item("A11", _NY, "yes"),
    _item("A12", _NY, "no", hard=False, na=True),
    _item("A12_TIME", "datetime", "answered", hard=False, when=_yes("A12")),
    _item("A13", _NY, "no", hard=False),
    _item("A13_DATE", "partial_date", "answered", hard=False, when=_yes("A13")),
    _item("A14", _NY, "yes"),
    _item("A14_REACTION", _NY, "answered"),
    _item("A14_GRADE", "code:REACTION_GRADE", "grade", never=True, when=_yes("A14_REACTION")),
    _item("A15", "code:CHILDBEARING", "answered"),
    _item("A16", "code:PREGNANCY_TEST", "codes", never=True, passing=("NEG",), when=_POTENTIAL),
    _item("A16_LOT", "text", "answered", hard=False, when=_POTENTIAL),
    _item("A16_EXPIRY", "date", "answered", hard=False, when=_POTENTIAL),
    _item("A16_READ", "datetime", "answered", never=True, when=_POTENTIAL),
    _item("A17_CONTRACEPTION", _NY, "yes", hard=False, when=_POTENTIAL),
    _item("A17_BREASTFEEDING", _NY, "no", when=_POTENTIAL),
    _item("A18", "decimal:kg", "answered"),
    _item("A19", _NY, "yes", hard=False, na=True),
    _item("A19_SAMPLE_DATE", "date", "answered", hard=False, when=_yes("A19")),
    _item("A20_MEAL", _NY, "answered", hard=False, na=True),
    _item("A20_ALCOHOL", _NY, "answered", hard=False, na=True),
    _item("A20_ESCORT", _NY, "answered", hard=False, na=True),
    _item("A21", _NY, "computed"),
    _item("A22", "integer", "computed"),
    _item("A22_SCALE", "code:NEWS2_SCALE", "answered"),
    _item("A23_BLADDER", _NY, "answered", hard=False),
    _item("A23_COMFORT", _NY, "answered", hard=False),
    _item("A23_TRANSFER", _NY, "answered", hard=False),
    _item("A24_SITE", "code:CANNULA_SITE", "answered"),
    _item("A24_SIDE", "code:SIDE", "answered"),
    _item("A24_GAUGE", "code:GAUGE", "answered", hard=False),
    _item("A24_TIME", "datetime", "answered", hard=False),
    _item("A24_ATTEMPTS", "integer", "answered", hard=False),
    _item("A24_PATENT", _NY, "yes", hard=False),
    _item("A25_ADRENALINE", _NY, "yes", never=True),
    _item("A25_OXYGEN", _NY, "yes", never=True),
    _item("A25_AIRWAY", _NY, "yes"),
    _item("A25_SUCTION", _NY, "yes"),
    _item("A25_DEFIBRILLATOR", _NY, "yes"),
    _item("A25_ANTIHISTAMINE", _NY, "yes"),
    _item("A25_STEROID", _NY, "yes"),
    _item("A25_FLUIDS", _NY, "yes"),
    _item("A25_EXPIRY", _NY, "yes"),
    _item("A26", _NY, "yes", never=True),
    _item("A26_PHONE", "text", "answered", hard=False),
    _item("A27", _NY, "no", hard=False, na=True),
    _item("A27_DRUG", "text", "answered", hard=False, when=_yes("A27")),
    _item("A27_TIME", "datetime", "answered", hard=False, when=_yes("A27")),
    _item("A28", _NY, "yes", na=True),
    _item("A28_TIME", "datetime", "answered", when=_yes("A28")),
    _item("A28_SIDE", "code:SIDE", "answered", hard=False, when=_yes("A28")),
)

_RELEASE = (
    _item("PR_KIT", "text", "record"),
    _item("PR_VOLUME", "decimal:mL", "answered"),
    _item("PR_PREPARED_AT", "datetime", "answered"),
    _item("PR_USE_BEFORE", "datetime", "answered"),
    _item("PR_RELEASED", _NY, "yes"),
)

_C = (
    _item("C01", "text", "record"),
    _item("C02_BAG", "text", "record"),
    _item("C02_CARD", "text", "record"),
    _item("C03", _NY, "yes"),
    _item("C04", _NY, "computed"),
    _item("C05_COVER", _NY, "yes"),
    _item("C05_NO_LEAK", _NY, "yes"),
    _item("C05_SEAL", _NY, "yes"),
    _item("C06_LABEL", "decimal:mL", "record"),
    _item("C06_PUMP", "decimal:mL", "record"),
    _item("C06_RATE1", "decimal:mL/h", "record"),
    _item("C06_RATE2", "decimal:mL/h", "record"),
    _item("C07_TYPE", "code:LINE_TYPE", "answered", hard=False),
    _item("C07_FILTER", "code:FILTER", "answered", hard=False),
    _item("C07_PRIMED", _NY, "yes", hard=False),
    _item("C07_LABELLED", _NY, "yes", hard=False),
    _item("C08", _NY, "yes"),
    _item("C09", _NY, "computed"),
)

_D = (
    _item("D01", "datetime", "answered"),
    _item("D02_TIME", "datetime", "answered", group="rate_step"),
    _item("D02_RATE", "decimal:mL/h", "answered", group="rate_step"),
    _item("D03_PUMP", "text", "answered"),
    _item("D03_CALIBRATION", "date", "answered", hard=False),
    _item("D04_TIME", "datetime", "answered", group="line_check"),
    _item("D04_VIP", "integer", "answered", group="line_check"),
    _item("D04_VOLUME", "decimal:mL", "answered", group="line_check", hard=False),
    _item("D04_EXTRAVASATION", _NY, "no", group="line_check"),
    _item("D05_START", "datetime", "answered", group="interruption"),
    _item("D05_END", "datetime", "answered", group="interruption"),
    _item("D05_REASON", "code:INTERRUPTION_REASON", "answered", group="interruption"),
    _item("D05_VOLUME", "decimal:mL", "answered", group="interruption", hard=False),
    _item("D06_TIME", "datetime", "answered", group="symptoms"),
    _item("D06_SYMPTOMS", "codes:SYMPTOM", "answered", group="symptoms"),
    _item("D07", "datetime", "answered"),
    _item("D08_GIVEN", "decimal:mL", "answered"),
    _item("D08_LEFT", "decimal:mL", "answered"),
    _item("D09_VOLUME", "decimal:mL", "answered", hard=False),
    _item("D09_TIME", "datetime", "answered", hard=False),
    _item("D10", _NY, "answered"),
    _item("D10_REASON", "code:STOP_REASON", "answered", when=("D10", ("N",))),
)

_E = (
    _item("E01", "datetime", "computed", hard=False),
    _item("E02", "integer:min", "computed", hard=False, when=_HOME),
    _item("E03", _NY, "yes", when=_HOME),
    _item("E03_TIME", "datetime", "answered", hard=False, when=_yes("E03")),
    _item("E04", _NY, "yes", hard=False, na=True),
    _item("E05_WALKING", _NY, "yes", when=_HOME),
    _item("E05_SITE_CLEAN", _NY, "yes", when=_HOME),
    _item("E05_ESCORT", _NY, "yes", na=True, when=_HOME),
    _item("E05_OUTCOME", "code:DISCHARGE", "answered"),
    _item("E05_TIME", "datetime", "answered"),
    _item("E06_SHEET", _NY, "yes", when=_HOME),
    _item("E06_PHONE", _NY, "yes", when=_HOME),
    _item("E07_NEXT_VISIT", "date", "answered", hard=False, na=True),
    _item("E07_CALL1", "date", "answered", hard=False, na=True),
    _item("E07_CALL7", "date", "answered", hard=False, na=True),
    _item("E08_BAG", "code:PRODUCT_REMAINS", "answered"),
    _item("E08_BY", "text", "answered"),
    _item("E09", _NY, "yes", hard=False),
    _item("E09_EVENT", "text", "answered", when=("E09", ("N",))),
    _item("E10", "text", "optional", hard=False),
    _item("E11_SYMPTOMS", _NY, "answered", form=CALL),
    _item("E11_AE", _NY, "answered", form=CALL),
    _item("E11_CM", _NY, "answered", form=CALL),
)

ITEMS: dict[str, ItemRule] = {rule.item: rule for rule in (*_A, *_RELEASE, *_C, *_D, *_E)}

VITALS_ITEMS: dict[str, str] = {
    "SYSBP": "mm[Hg]",
    "DIABP": "mm[Hg]",
    "PULSE": "/min",
    "RESP": "/min",
    "TEMP": "Cel",
    "OXYSAT": "%",
    "OXYGEN": "L/min",
    "CONSCIOUSNESS": "",
    "NEWS2_SCALE": "",
}


def items_of(form: str) -> tuple[ItemRule, ...]:
    """Return the rules of a form in the order of the checklist."""
    return tuple(rule for rule in ITEMS.values() if rule.form == form)
