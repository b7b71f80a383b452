"""Facts that eligibility, re-consent and randomisation ask for, read from the record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.values import Answer, Code, Missing, PartialDate
from msclinic.services.context import form_context
from msclinic.services.eligibility_context import ELIGIBILITY_NAMES
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.life import rescreen, screen_failure
from msclinic.services.neuro import ExamEntry, sign_exam
from msclinic.services.session import Refused
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit, participant_visits

TODAY = date(2026, 11, 23)
GRADES = dict.fromkeys(
    (
        "FS_VISUAL",
        "FS_BRAINSTEM",
        "FS_PYRAMIDAL",
        "FS_CEREBELLAR",
        "FS_SENSORY",
        "FS_BOWEL_BLADDER",
        "FS_CEREBRAL",
    ),
    Code("1"),
)


@pytest.fixture
def participant(clinic: Clinic) -> str:
    found = clinic.enrol(1)
    open_visit(clinic.session("CRC-01"), found, "SCR", TODAY)
    return found


def facts(clinic: Clinic, participant: str, visit: str = "SCR") -> dict[str, Answer | bool]:
    session = clinic.session("PHY-01")
    with session.store.read() as reader:
        return form_context(session, reader, participant, visit, names=ELIGIBILITY_NAMES)


def log(clinic: Clinic, participant: str, form: str, **answers: Answer) -> FormEntry:
    entry = FormEntry(clinic.session("PHY-01"), participant, "LOG", form, form_key=random_key())
    for item, answer in answers.items():
        assert entry.answer(entry.ref(item), answer).accepted, item
    return entry


def relapse(clinic: Clinic, participant: str, start: str) -> None:
    log(clinic, participant, "relapse", CETERM="weakness", CESTDAT=PartialDate(start))


def steroid(clinic: Clinic, participant: str, **answers: Answer) -> None:
    log(
        clinic,
        participant,
        "concomitant_medication",
        CMTRT="methylprednisolone",
        CMCLASS=Code("STEROID"),
        **answers,
    )


def test_empty_logs_are_no_conflict(clinic: Clinic, participant: str) -> None:
    found = facts(clinic, participant)
    assert found["RECENT_RELAPSE_OR_STEROID"] is False
    assert found["EX01_UNDECIDED"] is False
    assert "LAST_RELAPSE_OR_STEROID" not in found


@pytest.mark.parametrize(("start", "recent"), [("2026-08-23", True), ("2026-08-22", False)])
def test_a_relapse_counts_from_three_calendar_months_before_screening(
    clinic: Clinic, participant: str, start: str, recent: bool
) -> None:
    relapse(clinic, participant, start)
    assert facts(clinic, participant)["RECENT_RELAPSE_OR_STEROID"] is recent


@pytest.mark.parametrize("logged", ["relapse", "concomitant_medication", "ms_history"])
def test_what_was_recorded_under_an_earlier_code_counts_after_re_screening(
    clinic: Clinic, participant: str, logged: str
) -> None:
    if logged == "relapse":
        relapse(clinic, participant, "2026-11-09")
    elif logged == "concomitant_medication":
        end = PartialDate("2026-11-09")
        steroid(clinic, participant, CMSTDAT=end, CMONGO=Code("N"), CMENDAT=end)
    else:
        history = FormEntry(clinic.session("PHY-01"), participant, "SCR", "ms_history")
        history.answer(history.ref("MS_LAST_RELAPSE"), PartialDate("2026-11-09"))
    phy, secret = clinic.session("PHY-01"), PASSWORDS["PHY-01"]
    newest = participant
    # The link is followed as far as it goes.
    for number, days in ((2, 20), (3, 5)):
        day = TODAY + timedelta(days=days - 1)
        screen_failure(phy, newest, TODAY, "WINDOW", secret)
        clinic.clock.turn(timedelta(days=days))
        newest = rescreen(phy, newest, number, day, "comes back", secret)
    today = phy.now().astimezone(phy.zone).date()
    open_visit(clinic.session("CRC-01"), newest, "SCR", today)
    found = facts(clinic, newest)
    assert found["RECENT_RELAPSE_OR_STEROID"] is True
    assert found["LAST_RELAPSE_OR_STEROID"] == PartialDate("2026-11-09")


def test_a_year_alone_leaves_it_undecided(clinic: Clinic, participant: str) -> None:
    relapse(clinic, participant, "2026")
    found = facts(clinic, participant)
    assert "RECENT_RELAPSE_OR_STEROID" not in found
    assert found["EX01_UNDECIDED"] is True
    assert found["LAST_RELAPSE_OR_STEROID"] == PartialDate("2026")


def test_a_corticosteroid_counts_by_its_end_and_other_medicines_do_not(
    clinic: Clinic, participant: str
) -> None:
    start = PartialDate("2026-07-01")
    log(
        clinic,
        participant,
        "concomitant_medication",
        CMTRT="baclofen",
        CMCLASS=Code("SYMPTOMATIC"),
        CMSTDAT=start,
        CMONGO=Code("Y"),
    )
    assert facts(clinic, participant)["RECENT_RELAPSE_OR_STEROID"] is False
    end = PartialDate("2026-09-02")
    steroid(clinic, participant, CMSTDAT=start, CMONGO=Code("N"), CMENDAT=end)
    found = facts(clinic, participant)
    assert found["RECENT_RELAPSE_OR_STEROID"] is True
    assert found["LAST_RELAPSE_OR_STEROID"] == end


def test_a_corticosteroid_still_taken_is_recent_however_long_ago_it_began(
    clinic: Clinic, participant: str
) -> None:
    steroid(clinic, participant, CMSTDAT=PartialDate("2019"), CMONGO=Code("Y"))
    assert facts(clinic, participant)["RECENT_RELAPSE_OR_STEROID"] is True


@pytest.mark.parametrize("group", [Missing("UNKNOWN"), None], ids=["unknown", "blank"])
def test_a_medicine_of_unknown_group_in_the_window_is_undecided(
    clinic: Clinic, participant: str, group: Answer | None
) -> None:
    start = PartialDate("2026-11-10")
    answers: dict[str, Answer] = {"CMTRT": "drug of the neighbour", "CMSTDAT": start}
    if group is not None:
        answers["CMCLASS"] = group
    entry = log(clinic, participant, "concomitant_medication", **answers)
    found = facts(clinic, participant)
    assert found["EX01_UNDECIDED"] is True
    assert "RECENT_RELAPSE_OR_STEROID" not in found
    decision = FormEntry(clinic.session("PHY-01"), participant, "SCR", "eligibility")
    stored = decision.answer(decision.ref("EX01"), Code("N"))
    assert [finding.code for finding in stored.findings] == ["EX01_UNDECIDED"]
    entry.answer(entry.ref("CMCLASS"), Code("STEROID"), reason={"code": "2", "text": "asked"})
    assert facts(clinic, participant)["RECENT_RELAPSE_OR_STEROID"] is True


def test_a_medicine_of_unknown_group_that_ended_long_ago_leaves_nothing_open(
    clinic: Clinic, participant: str
) -> None:
    log(
        clinic,
        participant,
        "concomitant_medication",
        CMTRT="drops",
        CMCLASS=Missing("UNKNOWN"),
        CMSTDAT=Missing("UNKNOWN"),
        CMONGO=Code("N"),
        CMENDAT=PartialDate("2026-07"),
    )
    assert facts(clinic, participant)["EX01_UNDECIDED"] is False


def test_a_corticosteroid_without_a_known_day_is_undecided(
    clinic: Clinic, participant: str
) -> None:
    steroid(clinic, participant, CMSTDAT=Missing("UNKNOWN"), CMONGO=Missing("UNKNOWN"))
    assert facts(clinic, participant)["EX01_UNDECIDED"] is True


def test_an_end_that_no_longer_applies_rules_nothing_out(clinic: Clinic, participant: str) -> None:
    entry = log(
        clinic,
        participant,
        "concomitant_medication",
        CMTRT="prednisone",
        CMCLASS=Code("STEROID"),
        CMSTDAT=PartialDate("2026-05"),
        CMONGO=Code("N"),
        CMENDAT=PartialDate("2026-06"),
    )
    assert facts(clinic, participant)["EX01_UNDECIDED"] is False
    entry.answer(entry.ref("CMONGO"), Missing("UNKNOWN"), reason={"code": "2", "text": "unsure"})
    assert facts(clinic, participant)["EX01_UNDECIDED"] is True


def test_a_corticosteroid_given_for_a_relapse_counts_by_its_last_dose(
    clinic: Clinic, participant: str
) -> None:
    relapsed = log(
        clinic,
        participant,
        "relapse",
        CETERM="weakness",
        CESTDAT=PartialDate("2026-08-10"),
        CESTEROID=Code("Y"),
        CESTEROID_START=PartialDate("2026-08-20"),
    )
    assert facts(clinic, participant)["EX01_UNDECIDED"] is True
    relapsed.answer(relapsed.ref("CESTEROID_END"), PartialDate("2026-08-24"))
    found = facts(clinic, participant)
    assert found["RECENT_RELAPSE_OR_STEROID"] is True
    assert found["LAST_RELAPSE_OR_STEROID"] == PartialDate("2026-08-24")


@pytest.mark.parametrize(
    ("last", "count", "recent"),
    [
        (PartialDate("2026-08-23"), 1, True),
        (PartialDate("2026-11"), 1, True),
        (PartialDate("2026-08"), 1, None),
        (PartialDate("2026-08-22"), 1, False),
        (PartialDate("2025"), Missing("UNKNOWN"), False),
        (Missing("UNKNOWN"), 1, None),
        (Missing("UNKNOWN"), 0, False),
        (None, 2, None),
        (None, Missing("UNKNOWN"), None),
        (None, 0, False),
        (Missing("NA"), 0, False),
    ],
)
def test_the_last_relapse_of_the_history_counts_too(
    clinic: Clinic, participant: str, last: Answer | None, count: Answer, recent: bool | None
) -> None:
    entry = FormEntry(clinic.session("PHY-01"), participant, "SCR", "ms_history")
    entry.answer(entry.ref("MS_RELAPSES_1Y"), count)
    if last is not None:
        assert entry.answer(entry.ref("MS_LAST_RELAPSE"), last).accepted
    found = facts(clinic, participant)
    assert found.get("RECENT_RELAPSE_OR_STEROID") is recent
    assert found["EX01_UNDECIDED"] is (recent is None)


def test_without_a_day_of_screening_nothing_is_decided(clinic: Clinic) -> None:
    unseen = clinic.enrol(2)
    found = facts(clinic, unseen)
    assert found["EX01_UNDECIDED"] is True
    assert "RECENT_RELAPSE_OR_STEROID" not in found


def test_edss_counts_from_the_signed_exam_of_the_visit_only(
    clinic: Clinic, participant: str
) -> None:
    rater = clinic.session("RAT-02")
    exam = ExamEntry(rater, participant, "SCR")
    answers: dict[str, Answer] = {
        "RSDTC": clinic.clock.now(),
        **GRADES,
        "FS_CEREBELLAR_X": Code("N"),
        "WALK_DISTANCE": Decimal(350),
        "WALK_SOURCE": Code("MEASURED"),
        "WALK_AID": Code("NONE"),
        "AMBULATION": Code("2"),
        "EDSS": Code("4.5"),
    }
    for item, answer in answers.items():
        exam.answer(item, answer)
    assert facts(clinic, participant)["EDSS_SIGNED"] is False
    assert "SIGNED_EDSS" not in facts(clinic, participant)
    sign_exam(rater, participant, "SCR", "1", PASSWORDS["RAT-02"])
    found = facts(clinic, participant)
    assert (found["EDSS_SIGNED"], found["SIGNED_EDSS"]) == (True, Decimal("4.5"))
    assert facts(clinic, participant, "V5")["EDSS_SIGNED"] is False


def test_consent_of_an_earlier_visit_is_the_one_checked_again(
    clinic: Clinic, participant: str
) -> None:
    assert "CONSENT_BEFORE" not in facts(clinic, participant)
    found = facts(clinic, participant, "V2")
    assert (found["CONSENT_BEFORE"], found["CONSENT_DATE"]) == ("1.0", TODAY)


def decided(clinic: Clinic, participant: str, verdict: str) -> FormEntry:
    entry = FormEntry(clinic.session("PHY-01"), participant, "SCR", "eligibility")
    answers: dict[str, Answer] = {"AGE": 51, "IN01": Code("Y"), "IN02": Code("Y")}
    answers |= {"IN03": Code("Y"), "EX01": Code("N"), "IEYN": Code(verdict), "IEDAT": TODAY}
    for item, answer in answers.items():
        entry.answer(entry.ref(item), answer)
    for finding in entry.open_findings():
        group, key, item = finding.path.split("/")
        if finding.severity == "soft":
            entry.keep([(group, key, item)], finding.code, "2", "as in the chart")
    entry.complete()
    return entry


def test_eligibility_counts_as_signed_while_the_investigators_signature_is_valid(
    clinic: Clinic, participant: str
) -> None:
    assert facts(clinic, participant)["ELIGIBILITY_SIGNED"] is False
    entry = decided(clinic, participant, "Y")
    assert facts(clinic, participant)["ELIGIBLE"] is True
    assert facts(clinic, participant)["ELIGIBILITY_SIGNED"] is False
    pi = clinic.session("PI-01")
    sign(pi, participant, entry.prefix, "eligibility", PASSWORDS["PI-01"])
    assert facts(clinic, participant)["ELIGIBILITY_SIGNED"] is True
    assert facts(clinic, participant, "V1")["ELIGIBILITY_SIGNED"] is False
    entry.answer(entry.ref("IEYN"), Code("N"))
    found = facts(clinic, participant)
    assert (found["ELIGIBILITY_SIGNED"], found["ELIGIBLE"]) == (False, False)


def test_a_physician_does_not_sign_eligibility(clinic: Clinic, participant: str) -> None:
    entry = decided(clinic, participant, "Y")
    phy = clinic.session("PHY-01")
    with pytest.raises(Refused):
        sign(phy, participant, entry.prefix, "eligibility", PASSWORDS["PHY-01"])


# A guess of the arm is its author's own


def guess(clinic: Clinic, account: str, participant: str, key: str = "") -> FormEntry:
    session = clinic.session(account)
    return FormEntry(session, participant, "V5", "mask_guess", form_key=key or random_key())


def guesses_seen(clinic: Clinic, account: str, participant: str) -> int:
    visits = participant_visits(clinic.session(account), participant)
    return sum(f.form == "mask_guess" for v in visits if v.code == "V5" for f in v.forms)


def test_nobody_but_its_author_sees_a_guess(clinic: Clinic, participant: str) -> None:
    clinic.clock.turn(timedelta(days=365))
    mine = guess(clinic, "NUR-04", participant)
    mine.answer(mine.ref("MG_GUESS"), Code("PLACEBO"))
    key = mine.prefix.rsplit("/", 1)[1]
    assert guess(clinic, "NUR-04", participant, key).value("MG_GUESS") == Code("PLACEBO")
    assert guesses_seen(clinic, "NUR-04", participant) == 1
    for account in ("NUR-06", "PHY-01", "PI-01", "RAT-02", "MON-01"):
        assert guesses_seen(clinic, account, participant) == 0, account
        with pytest.raises(Refused) as refused:
            guess(clinic, account, participant, key)
        assert refused.value.code == "anothers_own"


def test_two_people_guess_beside_each_other(clinic: Clinic, participant: str) -> None:
    for account in ("NUR-04", "RAT-02"):
        entry = guess(clinic, account, participant)
        entry.answer(entry.ref("MG_GUESS"), Code("NO_IDEA"))
    assert guesses_seen(clinic, "NUR-04", participant) == 1
    assert guesses_seen(clinic, "RAT-02", participant) == 1
