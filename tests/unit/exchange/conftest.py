"""A small study that has one of everything ODM can say, and CDISC's schema."""

from pathlib import Path

import odmlib
import pytest
from lxml import etree

from msclinic.study import Study, load_study

FILES = {
    "study.yaml": """
oid: MS_TEST
label: {en: MS test, pl: Próba SM}
title: {en: A study <of> "everything" & more, pl: Badanie Zażółć gęślą jaźń}
version: "1.0"
registry: {nct: NCT07146087}
languages: [en, pl]
settings:
  - {key: temp.limit, value: 38.0, unit: Cel, tag: DEFAULT, source: study default,
     help: {en: Highest temperature, pl: Najwyższa temperatura}}
""",
    "visits.yaml": """
visits:
  - code: V1
    title: {en: Visit 1, pl: Wizyta 1}
    order: 1
    kind: scheduled
    target_day: 1
    window: [1, 3]
    infusion: 1
    forms: [{form: vital_signs}, {form: preparation}]
  - code: UNS
    title: {en: Unscheduled, pl: Nieplanowana}
    order: 2
    kind: unscheduled
    repeating: true
    forms: [{form: vital_signs, required: false}]
  - code: LOG
    title: {en: Log, pl: Dziennik}
    order: 3
    kind: common
    forms: [{form: adverse_event, required: false}]
""",
    "codelists.yaml": """
codelists:
  - oid: SEX
    cdisc: C66731
    title: {en: Sex, pl: Płeć}
    items:
      - {code: "F", label: {en: Female, pl: Kobieta}, cdisc: C16576}
      - {code: "M", label: {en: Male, pl: Mężczyzna}, cdisc: C20197}
  - oid: SYMPTOM
    items:
      - {code: FEVER, label: {en: Fever, pl: Gorączka}}
      - {code: COUGH, label: {en: Cough, pl: Kaszel}}
""",
    "units.yaml": """
Cel: {en: °C, pl: °C}
"mm[Hg]": {en: mmHg, pl: mmHg}
""",
    "rights.yaml": """
roles:
  - {code: NUR, title: {en: Nurse, pl: Pielęgniarka}, short: {en: Nurse, pl: Pielęgniarka},
     side: site, masked: true, rights: ["enter:*", "read:*", "sign:*"]}
meanings:
  - {code: ENTERED, title: {en: Entered, pl: Wprowadzono}, roles: [NUR]}
  - {code: REVIEWED, title: {en: Reviewed, pl: Sprawdzono}, roles: [NUR]}
""",
    "forms/vital_signs.yaml": """
form: vital_signs
title: {en: Vital signs, pl: Parametry życiowe}
domain: VS
signatures: [ENTERED, REVIEWED]
item_groups:
  - item_group: once
    title: {en: Once, pl: Raz}
    items:
      - {item: SEX, label: {en: Sex, pl: Płeć}, type: code, codelist: SEX, required: true}
      - {item: SYMPTOMS, label: {en: Symptoms, pl: Objawy}, type: codes, codelist: SYMPTOM}
      - {item: PREGNANT, label: {en: Test, pl: Test}, type: text, relevant: "SEX == 'F'"}
      - {item: BRTHYY, label: {en: Year of birth, pl: Rok urodzenia}, type: integer}
      - {item: SEEN, label: {en: Seen, pl: Widziano}, type: datetime}
      - {item: DAY, label: {en: Day, pl: Dzień}, type: date}
      - {item: ONSET, label: {en: Onset, pl: Początek}, type: partial_date}
      - {item: NOTE, label: {en: Note, pl: Uwaga}, type: text, missing: [NOT_DONE, REFUSED]}
  - item_group: reading
    title: {en: Reading, pl: Pomiar}
    repeating: true
    relevant: "SEX == 'F' || SEX == 'M'"
    items:
      - item: TEMP
        label: {en: Temperature, pl: Temperatura}
        hint: {en: In the ear, pl: W uchu}
        type: decimal
        unit: Cel
        decimals: 1
        required: "SEX == 'F'"
        checks:
          - {code: TEMP_IMPOSSIBLE, kind: impossible, assert: "TEMP >= 25.0 && TEMP <= 45.0",
             message: {en: Not a temperature, pl: To nie temperatura}}
          - {code: TEMP_HIGH, kind: soft, assert: "TEMP < setting('temp.limit')",
             message: {en: High, pl: Wysoka}}
          - {code: TEMP_ODD, kind: soft, assert: "TEMP < 40.0 || SEX == 'F'",
             message: {en: Odd, pl: Dziwna}}
        cdisc: {variable: VSORRES, test: TEMP, code: C25206, loinc: "8310-5"}
      - {item: SYSBP, label: {en: Systolic, pl: Skurczowe}, type: integer, unit: "mm[Hg]"}
      - {item: COPY, label: {en: Copy, pl: Kopia}, type: decimal, unit: Cel,
         calculation: "TEMP"}
""",
    "forms/adverse_event.yaml": """
form: adverse_event
title: {en: Adverse event, pl: Zdarzenie niepożądane}
repeating: true
item_groups:
  - item_group: event
    title: {en: Event, pl: Zdarzenie}
    items:
      - {item: AETERM, label: {en: What, pl: Co}, type: text, required: true}
""",
    "forms/preparation.yaml": """
form: preparation
title: {en: Preparation, pl: Przygotowanie}
zone: U
item_groups:
  - item_group: once
    title: {en: Once, pl: Raz}
    items:
      - {item: COUNT, label: {en: Cells, pl: Komórki}, type: integer}
""",
}


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    (folder / "forms").mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return load_study(folder)


@pytest.fixture(scope="session")
def cdisc_schema() -> etree.XMLSchema:
    """CDISC's own schema, shipped by odmlib; one attribute wider than the original."""
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    return etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))
