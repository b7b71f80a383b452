from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.neuro import (
    ExamEntry,
    edss_trend,
    my_exams,
    planned_visit,
    sign_exam,
)
from msclinic.services.session import Refused
from msclinic.services.signing import sign as sign_form
from msclinic.services.visits import book_visit, open_visit

GRADES = {
    "FS_VISUAL": "1",
    "FS_BRAINSTEM": "1",
    "FS_PYRAMIDAL": "3",
    "FS_CEREBELLAR": "2",
    "FS_CEREBELLAR_X": "N",
    "FS_SENSORY": "2",
    "FS_BOWEL_BLADDER": "1",
    "FS_CEREBRAL": "0",
}


@pytest.fixture
def participant(clinic):
    found = clinic.enrol(12)
    open_visit(clinic.session("CRC-01"), found, "SCR", date(2026, 11, 23))
    return found


def examine(exam, **other):
    answers = {
        "RSDTC": exam.session.now(),
        **{item: Code(grade) for item, grade in GRADES.items()},
        "WALK_DISTANCE": Decimal("350"),
        "WALK_SOURCE": Code("MEASURED"),
        "WALK_AID": Code("NONE"),
        "AMBULATION": Code("2"),
        "EDSS": Code("4.5"),
    }
    for item, answer in (answers | other).items():
        assert exam.answer(item, answer).accepted
    return exam


def exam_of(clinic, participant, visit="SCR", account="RAT-02"):
    return ExamEntry(clinic.session(account), participant, visit)


def sign(clinic, participant, visit="SCR", account="RAT-02"):
    return sign_exam(clinic.session(account), participant, visit, "1", PASSWORDS[account])


def codes(exam):
    return [finding.code for finding in exam.findings()]


def test_nothing_is_filled_in_for_the_rater(clinic, participant):
    exam = exam_of(clinic, participant)
    for item, grade in GRADES.items():
        exam.answer(item, Code(grade))
    exam.answer("AMBULATION", Code("2"))
    assert exam.score().step == Decimal("4.5")
    assert exam.entered() is None
    assert exam.value("EDSS") is None


def test_the_step_stays_undecided_while_a_grade_was_not_done(clinic, participant):
    exam = examine(exam_of(clinic, participant), AMBULATION=Code("1"), FS_SENSORY=Missing("UNABLE"))
    assert exam.score().step is None
    assert exam.score().missing == ("FS_SENSORY",)


def test_a_consistent_exam_is_signed_with_its_computed_step_and_inputs(clinic, participant):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    exam = exam_of(clinic, participant)
    assert exam.signature().valid
    assert exam.signature().account == "RAT-02"
    assert exam.form.status == "completed"
    with exam.session.store.read() as reader:
        path = f"{exam.prefix}/step/1/EDSS_COMPUTED"
        (row,) = reader.trail(participant, path)
        given = {
            head.path.rsplit("/", 1)[1]: head.entry
            for head in reader.heads(participant=participant, prefix=exam.prefix)
        }
    assert row.value == {"type": "decimal", "value": "4.5"}
    computed = row.entry.computed
    assert computed is not None
    assert computed.rule == "edss.EDSS_COMPUTED"
    wanted = [item for item in GRADES if item != "FS_CEREBELLAR_X"] + ["AMBULATION"]
    assert set(computed.inputs) == {given[item] for item in wanted}


def test_an_exam_with_blank_items_is_not_signed(clinic, participant):
    exam = exam_of(clinic, participant)
    exam.answer("FS_VISUAL", Code("1"))
    with pytest.raises(UserError) as caught:
        sign(clinic, participant)
    assert caught.value.code == "exam_open"
    assert exam.signature() is None


def test_a_contradiction_hinders_until_it_is_kept_with_a_reason(clinic, participant):
    exam = examine(exam_of(clinic, participant), WALK_DISTANCE=Decimal("285"))
    assert codes(exam) == ["C6"]
    with pytest.raises(UserError):
        sign(clinic, participant)
    (finding,) = exam.findings()
    assert finding.hinders
    exam.keep(finding, "2")
    (finding,) = exam.findings()
    assert finding.kept
    assert not finding.hinders
    sign(clinic, participant)
    assert exam_of(clinic, participant).signature().valid


def test_a_kept_contradiction_opens_again_when_a_compared_answer_changes(clinic, participant):
    exam = examine(exam_of(clinic, participant), WALK_DISTANCE=Decimal("285"))
    exam.keep(exam.findings()[0], "2")
    exam.form.answer(
        exam.form.ref("WALK_DISTANCE"), Decimal("210"), reason={"code": "1", "text": ""}
    )
    assert [finding.code for finding in exam.hindrances()] == ["C6"]


def test_a_difference_from_the_computed_step_is_explained_by_the_item_of_the_form(
    clinic, participant
):
    exam = examine(exam_of(clinic, participant), EDSS=Code("5.0"))
    (finding,) = exam.hindrances()
    assert finding.code == "C4"
    assert not finding.keepable
    assert [ref[2] for ref in exam.open_items()] == ["EDSS_REASON"]
    exam.answer("EDSS_REASON", Code("CLINICAL"))
    assert exam.hindrances() == []
    sign(clinic, participant)


def test_something_unusual_does_not_hinder_the_signature(clinic, participant):
    exam = examine(exam_of(clinic, participant), FS_PYRAMIDAL=Code("1"), FS_CEREBELLAR=Code("1"))
    assert [(one.code, one.level) for one in exam.findings()] == [("C8", "W")]
    sign(clinic, participant)


def test_a_change_after_signing_makes_the_signature_void_until_it_is_given_again(
    clinic, participant
):
    exam = examine(exam_of(clinic, participant))
    sign(clinic, participant)
    exam = exam_of(clinic, participant)
    exam.form.answer(exam.form.ref("FS_VISUAL"), Code("0"), reason={"code": "1", "text": ""})
    assert not exam.signature().valid
    sign(clinic, participant)
    exam = exam_of(clinic, participant)
    assert exam.signature().valid
    assert exam.form.status == "amended"


def test_a_wrong_password_signs_nothing_and_completes_nothing(clinic, participant):
    examine(exam_of(clinic, participant))
    with pytest.raises(Refused):
        sign_exam(clinic.session("RAT-02"), participant, "SCR", "1", "not this one at all")
    exam = exam_of(clinic, participant)
    assert exam.form.status == "in_progress"
    assert exam.signature() is None


def treat(clinic, participant):
    """Let the rater's account act as a physician of the participant, as after a change of role."""
    rater = clinic.session("RAT-02")
    rater.role = "PHY"
    entry = FormEntry(rater, participant, "SCR", "vital_signs")
    entry.add_repeat("reading")
    rater.role = "RAT"


def test_who_treats_a_participant_cannot_open_the_exam(clinic, participant):
    treat(clinic, participant)
    with pytest.raises(Refused) as caught:
        exam_of(clinic, participant)
    assert caught.value.code == "treats_participant"
    listed = my_exams(clinic.session("RAT-02"))
    assert listed
    assert all(one.treats for one in listed)


def exams(session):
    """The exam itself among what waits for a rater; timed tests stand beside it."""
    return [one for one in my_exams(session) if one.form == "edss"]


def test_the_first_screen_lists_what_a_rater_may_know_and_nothing_else(clinic, participant):
    book_visit(clinic.session("CRC-01"), participant, "V1", date(2026, 12, 1), chair=2)
    screening, baseline = exams(clinic.session("RAT-02"))
    assert (screening.visit, screening.state, screening.day) == (
        "SCR",
        "planned",
        date(2026, 11, 23),
    )
    assert (baseline.visit, baseline.day) == ("V1", date(2026, 12, 1))
    assert screening.who.allergies == "latex"
    assert "penicillin" not in repr((screening, baseline))
    assert (screening.who.code, screening.who.sex, screening.who.course) == (
        "PL01-012",
        "M",
        "SPMS",
    )


def test_the_first_screen_follows_the_exam(clinic, participant):
    rater = clinic.session("RAT-02")
    exam = exam_of(clinic, participant)
    exam.answer("FS_VISUAL", Code("1"))
    assert [one.state for one in exams(rater)] == ["in_progress"]
    examine(exam)
    sign(clinic, participant)
    assert [one.state for one in exams(rater)] == ["signed"]
    clinic.clock.turn(timedelta(hours=24))
    assert exams(rater) == []


@pytest.mark.parametrize(
    ("visit", "words"),
    [
        ("SCR", "Screening (SCR)"),
        ("V1", "Baseline (V1)"),
        ("V3", "Month 6 (V3)"),
        ("V5", "Month 12 (V5)"),
        ("UNS", "Additional exam"),
        ("ET", "Additional exam"),
    ],
)
def test_a_visit_tells_a_rater_nothing_of_infusions_or_its_cause(clinic, visit, words):
    assert planned_visit(clinic.session("RAT-02"), visit) == words


def test_an_earlier_exam_stays_shut_while_a_later_one_is_under_way(clinic, participant):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    later = exam_of(clinic, participant, "V1")
    later.answer("FS_VISUAL", Code("1"))
    with pytest.raises(Refused) as caught:
        exam_of(clinic, participant, "SCR")
    assert caught.value.code == "earlier_exam"


def test_the_trend_is_for_the_physician_and_never_for_the_rater(clinic, participant):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    (point,) = edss_trend(clinic.session("PHY-01"), participant)
    assert (point.visit, point.step, point.computed) == ("SCR", Decimal("4.5"), Decimal("4.5"))
    assert point.signed
    assert point.day == date(2026, 11, 23)
    for account in ("RAT-02", "PREP-01"):
        with pytest.raises(Refused):
            edss_trend(clinic.session(account), participant)


def test_an_exam_of_another_rater_is_not_signed(clinic, participant):
    examine(exam_of(clinic, participant))
    other = clinic.session("PI-01")
    other.role = "RAT"
    with pytest.raises(Refused) as caught:
        sign_exam(other, participant, "SCR", "1", PASSWORDS["PI-01"])
    assert caught.value.code == "exam_of_another"


def generic(clinic, participant, visit="SCR", account="RAT-02", **keys):
    """The exam by the way that is open for every form."""
    return FormEntry(clinic.session(account), participant, visit, "edss", **keys)


def test_who_treats_a_participant_cannot_open_the_exam_as_a_form_either(clinic, participant):
    examine(exam_of(clinic, participant))
    treat(clinic, participant)
    with pytest.raises(Refused) as caught:
        generic(clinic, participant)
    assert caught.value.code == "treats_participant"


@pytest.mark.parametrize(
    "act",
    [
        lambda form: form.answer(form.ref("FS_VISUAL"), Code("2")),
        lambda form: form.answer_together([(form.ref("FS_VISUAL"), Code("2"))]),
        lambda form: form.keep([form.ref("FS_VISUAL")], "C9", "2"),
        lambda form: form.add_repeat("systems"),
        lambda form: form.store_computed(),
        lambda form: form.complete(signing=True),
    ],
    ids=["answer", "answer_together", "keep", "add_repeat", "store_computed", "complete"],
)
def test_who_came_to_treat_the_participant_writes_nothing_more_in_an_open_exam(
    clinic, participant, act
):
    form = generic(clinic, participant)
    form.answer(form.ref("FS_VISUAL"), Code("1"))
    treat(clinic, participant)
    with form.session.store.read() as reader:
        before = reader.position().entries
    with pytest.raises(Refused) as caught:
        act(form)
    assert caught.value.code == "treats_participant"
    with form.session.store.read() as reader:
        assert reader.position().entries == before


def test_only_the_rater_gives_grades_whatever_the_rights_say(clinic, participant):
    for role in ("PI", "ASSESSOR"):
        session = clinic.session("RAT-02")
        study = session.study
        able = evolve(study.roles[role], rights=frozenset({"read:edss", "enter:edss", "override"}))
        session.study = evolve(study, roles={**study.roles, role: able})
        session.role = role
        form = FormEntry(session, participant, "SCR", "edss")
        assert form.state(form.ref("FS_VISUAL")).read_only
        for act in (
            lambda form=form: form.answer(form.ref("FS_VISUAL"), Code("2")),
            lambda form=form: form.keep([form.ref("FS_VISUAL")], "C9", "2"),
            lambda form=form: form.override(form.ref("FS_VISUAL"), "seems wrong"),
            form.store_computed,
        ):
            with pytest.raises(Refused) as caught:
                act()
            assert caught.value.code == "not_your_item"
        session.role, session.study = "RAT", study


def test_a_physician_reads_an_exam_and_writes_nothing_that_would_void_its_signature(
    clinic, participant
):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    form = generic(clinic, participant, account="PHY-01")
    assert form.value("EDSS") == Code("4.5")
    for act in (
        lambda: form.answer(form.ref("FS_VISUAL"), Code("2")),
        lambda: form.override(form.ref("FS_VISUAL"), "seems wrong"),
        form.store_computed,
        form.complete,
    ):
        with pytest.raises(Refused):
            act()
    assert exam_of(clinic, participant).signature().valid


def test_an_earlier_exam_is_hidden_from_its_rater_as_a_form_too(clinic, participant):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    held = generic(clinic, participant)
    generic(clinic, participant, "V1").answer(held.ref("FS_VISUAL"), Code("1"))
    with pytest.raises(Refused) as caught:
        generic(clinic, participant)
    assert caught.value.code == "earlier_exam"
    with pytest.raises(Refused) as caught:
        held.answer(held.ref("FS_VISUAL"), Code("2"), reason={"code": "1", "text": ""})
    assert caught.value.code == "earlier_exam"
    assert generic(clinic, participant, account="PHY-01").value("EDSS") == Code("4.5")


def test_an_exam_is_never_completed_beside_its_signature(clinic, participant):
    examine(exam_of(clinic, participant), WALK_DISTANCE=Decimal("285"))
    form = generic(clinic, participant)
    assert form.open_findings() == []
    with pytest.raises(Refused) as caught:
        form.complete()
    assert caught.value.code == "complete_by_signature"
    assert generic(clinic, participant).status == "in_progress"
    assert exam_of(clinic, participant).signature() is None


@pytest.mark.parametrize(("account", "meaning"), [("RAT-02", "exam"), ("PHY-01", "form_reviewed")])
def test_an_exam_is_signed_as_an_exam_or_not_at_all(clinic, participant, account, meaning):
    examine(exam_of(clinic, participant))
    sign(clinic, participant)
    scope = exam_of(clinic, participant).prefix
    with pytest.raises(Refused) as caught:
        sign_form(clinic.session(account), participant, scope, meaning, PASSWORDS[account])
    assert caught.value.code == "not_a_forms_meaning"


def test_there_is_one_exam_at_a_visit_that_plans_one(clinic, participant):
    for visit, keys in (("SCR", {"form_key": "b" * 16}), ("LOG", {})):
        with pytest.raises(UserError) as caught:
            generic(clinic, participant, visit, **keys)
        assert caught.value.code == "no_such_form"
