"""A small study whose files tests copy and spoil."""

from pathlib import Path

STUDY = """\
oid: SMALL
label: {en: Small, pl: Małe}
title: {en: A small study, pl: Małe badanie}
version: "1.0"
registry: {nct: NCT00000000}
languages: [en, pl]
settings:
  - {key: temp_hold, value: 38.0, unit: Cel, tag: DEFAULT, source: default, help: {en: H, pl: S}}
  - {key: min_age, value: 18, tag: FACT, source: registry, help: {en: Age, pl: Wiek}}
panels:
  - {code: body, title: {en: Body, pl: Ciało}}
context:
  - {name: SEX, type: code, codelist: SEX}
  - {name: YEAR, type: integer}
"""

VISITS = """\
visits:
  - code: SCR
    title: {en: Screening, pl: Wizyta przesiewowa}
    order: 1
    kind: scheduled
    target_day: -28
    window: [-42, -1]
    forms:
      - {form: vitals, role: NUR}
  - code: V1
    title: {en: Infusion 1, pl: Infuzja 1}
    order: 2
    kind: scheduled
    target_day: 1
    window: [-7, 1]
    infusion: 1
    forms:
      - {form: vitals, required: false}
"""

CODELISTS = """\
codelists:
  - oid: NY
    cdisc: C66742
    items:
      - {code: Y, label: {en: "Yes", pl: "Tak"}}
      - {code: N, label: {en: "No", pl: "Nie"}}
  - oid: SEX
    items:
      - {code: F, label: {en: Female, pl: Kobieta}}
      - {code: M, label: {en: Male, pl: Mężczyzna}}
"""

UNITS = """\
Cel: {en: °C, pl: °C}
mL: {en: mL, pl: ml}
"""

RIGHTS = """\
roles:
  - code: NUR
    title: {en: Infusion nurse, pl: Pielęgniarka}
    short: {en: Nurse, pl: Piel.}
    side: site
    masked: true
    rights: ["read:*", "enter:vitals", "sign:entered", "open:SCR", documents]
meanings:
  - {code: entered, title: {en: I entered this, pl: Wpisałem}, roles: [NUR]}
"""

VITALS = """\
form: vitals
title: {en: Vital signs, pl: Parametry życiowe}
domain: VS
signatures: [entered]
item_groups:
  - item_group: main
    title: {en: Main, pl: Główne}
    items:
      - item: TEMP
        label: {en: Temperature, pl: Temperatura}
        type: decimal
        unit: Cel
        decimals: 1
        required: true
        missing: [NOT_DONE, REFUSED]
        trend: {panel: body, worse: higher, scale: [30, 45], by: [WHY]}
        checks:
          - code: TEMP_IMPOSSIBLE
            kind: impossible
            assert: "TEMP >= 25.0 && TEMP <= 45.0"
            message: {en: "{TEMP} cannot be.", pl: "{TEMP} nie może być."}
          - code: TEMP_HOLD
            kind: gate
            gate: G1
            assert: "TEMP < setting('temp_hold')"
            message: {en: "{TEMP} °C is too high.", pl: "{TEMP} °C to za dużo."}
      - item: PREG_DUE
        label: {en: Test due, pl: Test należny}
        type: code
        codelist: NY
        relevant: "context_SEX == 'F'"
        required: true
        who: [NUR]
      - item: PREG
        label: {en: Test, pl: Test}
        type: code
        codelist: NY
        relevant: "PREG_DUE == 'Y'"
        required: "answered(PREG_DUE)"
        checks:
          - code: PREG_GATE
            kind: gate
            gate: G1
            overridable: false
            assert: "!reason_given(PREG) && PREG == 'N'"
            message: {en: "Test: {PREG}.", pl: "Test: {PREG}."}
      - item: WHY
        label: {en: Why, pl: Dlaczego}
        type: text
        relevant: "PREG == 'Y' || TEMP >= 39.0"
        required: "TEMP >= 40.0"
      - item: TOTAL
        label: {en: Total, pl: Razem}
        type: decimal
        unit: mL
        decimals: 1
        calculation: "sum_of(VOLUME)"
        checks:
          - code: TOTAL_IMPOSSIBLE
            kind: impossible
            assert: "TOTAL <= 1000"
            message: {en: "Total {TOTAL} mL.", pl: "Razem {TOTAL} ml."}
  - item_group: bag
    title: {en: Bag, pl: Worek}
    repeating: true
    relevant: "!(TEMP >= 39.5)"
    items:
      - item: VOLUME
        label: {en: Volume, pl: Objętość}
        type: decimal
        unit: mL
        decimals: 2
        checks:
          - code: VOLUME_SMALL
            kind: soft
            assert: "VOLUME >= 10"
            message: {en: "Only {VOLUME} mL.", pl: "Tylko {VOLUME} ml."}
      - item: HALF
        label: {en: Half, pl: Połowa}
        type: decimal
        decimals: 2
        calculation: "decimal_product(VOLUME, 0.5)"
      - item: LEFT
        label: {en: Left, pl: Reszta}
        type: decimal
        decimals: 2
        relevant: "HALF > 20 && TOTAL > 50"
        required: "true"
"""

FILES = {
    "study.yaml": STUDY,
    "visits.yaml": VISITS,
    "codelists.yaml": CODELISTS,
    "units.yaml": UNITS,
    "rights.yaml": RIGHTS,
    "forms/vitals.yaml": VITALS,
}


def write_study(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write the study's files into a folder."""
    for name, text in (files or FILES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
