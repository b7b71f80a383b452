"""The small study with people who can found a clinic on it: read in a moment, unlike the real."""

from tests.unit.study.small_study import FILES

from msclinic.shipped import shipped_study

__all__ = ["FEVER", "STAFFED"]

RIGHTS = """\
roles:
  - code: NUR
    title: {en: Infusion nurse, pl: Pielęgniarka}
    short: {en: Nurse, pl: Piel.}
    side: site
    masked: true
    rights: ["read:*", "enter:vitals", "sign:form_entered", "open:*"]
  - code: RAT
    title: {en: Rater, pl: Oceniający}
    short: {en: Rater, pl: Ocen.}
    side: site
    masked: true
    rights: []
  - code: PI
    title: {en: Investigator, pl: Badacz}
    short: {en: PI, pl: Badacz}
    side: site
    masked: true
    rights: ["read:*", "sign:study_activation", people, enrol]
  - code: ADMIN
    title: {en: Administrator, pl: Administrator}
    short: {en: Admin, pl: Admin}
    side: site
    masked: true
    rights: ["sign:study_activation", people]
meanings:
  - {code: form_entered, title: {en: I entered this, pl: Wpisałem}, roles: [NUR]}
  - {code: study_activation, title: {en: In force, pl: Obowiązuje}, roles: [ADMIN, PI]}
"""

# Services ask for settings of the real study; this one has them all.
_REAL = (shipped_study() / "study.yaml").read_text("utf-8")
SETTINGS = _REAL[_REAL.index("settings:\n") : _REAL.index("\ncontext:\n") + 1].replace(
    "{key: infusions, value: 4", "{key: infusions, value: 1"
)

STAFFED = {
    **FILES,
    "study.yaml": FILES["study.yaml"].replace("settings:\n", SETTINGS),
    "rights.yaml": RIGHTS,
    "forms/vitals.yaml": FILES["forms/vitals.yaml"].replace("[entered]", "[form_entered]"),
}

FEVER = """\
scenario: A fever
now: 2026-11-23 09:30
accounts: {nurse: NUR, rater: RAT}
participants: {Ewa: 7}
steps:
  - as: nurse
    book_visit: {visit: V1, day: 2026-12-21}
  - open_visit: SCR
  - form: {visit: SCR, form: vitals}
    answers:
      TEMP: 38.2
      bag:
        - {VOLUME: 8}
        - {VOLUME: 100}
    expect:
      shown: [LEFT.2]
      hidden: [LEFT.1, WHY]
      values: {TOTAL: 108.0, HALF.1: 4}
      findings: {TEMP: [TEMP_HOLD], VOLUME.1: [VOLUME_SMALL]}
      required_open: [LEFT.2]
      windows: {SCR: {target: 2026-11-23, to: 2026-12-20}}
      life: {state: screened, withdrawn_from: [], product_stopped: false}
      status: in_progress
      signed: []
  - answers: {TEMP: 46}
    impossible: TEMP_IMPOSSIBLE
  - complete: true
    refused: form_open
  - at: +5 min
    answers: {TEMP: 37.0, LEFT.2: 1}
  - keep: {item: TEMP, finding: CHANGED, reason: Typed wrong.}
  - keep: {item: VOLUME.1, finding: VOLUME_SMALL, reason: The rest was spilt.}
    expect:
      no_findings: true
  - complete: true
  - sign: form_entered
    expect: {status: completed}
"""
