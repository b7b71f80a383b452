"""What waits in the records, as far as each role may see it."""

from datetime import date, timedelta

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.laboratory_report import laboratory, report
from tests.signed_visit import CALL, call_form, call_made, ready_casebook
from tests.ui.screen_help import booked_today, screened
from tests.unit.services.test_safety_reports import serious_event

from msclinic.domain.values import Code
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.life import lose, withdraw
from msclinic.services.session import Refused
from msclinic.services.sign_off import sign_casebook, sign_visit
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit, participant_visits
from msclinic.services.worklist import KINDS, Point, form_matter, worklist


def of(clinic: Clinic, account: str, kind: str) -> list[Point]:
    return [point for point in worklist(clinic.session(account)) if point.kind == kind]


def forms(points: list[Point]) -> set[tuple[str, str]]:
    return {(point.visit.code, point.form.form) for point in points if point.form is not None}


def test_a_form_of_a_past_visit_that_nobody_began_is_missing_since_that_day(clinic):
    participant = screened(clinic, 7)
    found = of(clinic, "CRC-01", "missing")
    assert ("SCR", "vital_signs") in forms(found)
    point = next(one for one in found if one.form.form == "vital_signs")
    today = clinic.clock.now().astimezone(clinic.session("CRC-01").zone).date()
    assert (point.participant, point.code) == (participant, "PL01-007")
    assert point.since == today - timedelta(days=28)


def test_a_form_begun_and_left_is_unfinished(clinic):
    participant = screened(clinic, 7)
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    entry.answer(entry.ref("VSPOS"), Code("SITTING"))
    assert ("SCR", "vital_signs") in forms(of(clinic, "CRC-01", "unfinished"))


def test_a_completed_form_waits_for_its_signature_until_it_stands(clinic):
    participant = screened(clinic, 7)
    assert ("SCR", "demography") in forms(of(clinic, "CRC-01", "unsigned"))
    for account, meaning in (("CRC-01", "form_entered"), ("PHY-01", "form_reviewed")):
        sign(
            clinic.session(account), participant, "SCR/1/demography/1", meaning, PASSWORDS[account]
        )
    assert ("SCR", "demography") not in forms(of(clinic, "CRC-01", "unsigned"))


def test_a_change_without_its_reason_is_a_question_at_its_item(clinic):
    participant = screened(clinic, 7)
    clinic.clock.turn(timedelta(minutes=1))
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1980)
    (point,) = of(clinic, "CRC-01", "finding")
    assert point.item == ("person", "1", "BRTHYY")
    assert point.finding.code == CHANGED
    entry.keep([entry.ref("BRTHYY")], CHANGED, "1")
    assert of(clinic, "CRC-01", "finding") == []


def test_a_booked_day_that_passed_is_overdue(clinic):
    participant = booked_today(clinic, 7, 1)
    assert of(clinic, "NUR-04", "overdue") == []
    clinic.clock.turn(timedelta(days=3))
    (point,) = of(clinic, "NUR-04", "overdue")
    assert (point.participant, point.visit.code, point.form) == (participant, "V1", None)


def test_points_come_in_order_of_urgency(clinic):
    screened(clinic, 7)
    booked_today(clinic, 8, 1)
    clinic.clock.turn(timedelta(days=3))
    kinds = [KINDS.index(point.kind) for point in worklist(clinic.session("CRC-01"))]
    assert kinds == sorted(kinds)
    assert len(set(kinds)) > 1


def test_a_role_finds_no_point_of_a_form_it_may_not_read(clinic):
    screened(clinic, 7)
    visible = {
        form.form
        for one in worklist(clinic.session("PREP-01"))
        for form in ([one.form] if one.form else [])
    }
    session = clinic.session("PREP-01")
    assert all(session.may(f"read:{form}") or session.may(f"enter:{form}") for form in visible)


def test_a_serious_event_without_its_report_stands_first_with_its_hour(clinic):
    screened(clinic, 7)
    participant = screened(clinic, 8)
    known = serious_event(clinic, participant)
    first = worklist(clinic.session("PHY-01"))[0]
    assert (first.kind, first.participant) == ("report", participant)
    assert first.due == known + timedelta(hours=24)


def test_a_rater_has_no_worklist(clinic):
    screened(clinic, 7)
    with pytest.raises(Refused):
        worklist(clinic.session("RAT-02"))


def test_a_page_and_the_worklist_agree_on_what_waits(clinic):
    from msclinic.services.worklist import points_of

    participant = screened(clinic, 7)
    session = clinic.session("CRC-01")
    today: date = session.now().astimezone(session.zone).date()
    visits = participant_visits(session, participant)
    own = points_of(session, participant, visits, today, "PL01-007")
    listed = [point for point in worklist(session) if point.kind != "finding"]
    assert [(p.kind, p.visit.code, p.form) for p in own] == [
        (p.kind, p.visit.code, p.form) for p in listed
    ]


def test_nothing_is_overdue_once_a_participants_part_has_ended(clinic):
    participant = booked_today(clinic, 7, 1)
    clinic.clock.turn(timedelta(days=3))
    assert len(of(clinic, "PHY-01", "overdue")) == 1
    phy = clinic.session("PHY-01")
    today = clinic.clock.now().astimezone(phy.zone).date()
    lose(phy, participant, today, None, 3, True, PASSWORDS["PHY-01"])
    assert of(clinic, "PHY-01", "overdue") == []


def test_a_visit_without_an_infusion_misses_none_of_its_forms(clinic):
    participant = booked_today(clinic, 7, 1)
    phy = clinic.session("PHY-01")
    today = clinic.clock.now().astimezone(phy.zone).date()
    open_visit(phy, participant, "V1", today, 1)
    clinic.clock.turn(timedelta(days=1))
    assert ("V1", "infusion") in forms(of(clinic, "PHY-01", "missing"))
    withdraw(phy, participant, today, frozenset({"product"}), PASSWORDS["PHY-01"])
    left = forms(of(clinic, "PHY-01", "missing"))
    assert ("V1", "infusion") not in left
    assert ("V1", "vital_signs") in left


def test_an_event_begun_yesterday_and_left_is_unfinished(clinic):
    participant = screened(clinic, 7)
    phy = clinic.session("PHY-01")
    event = FormEntry(phy, participant, "LOG", "adverse_event", form_key="b" * 16)
    event.answer(event.ref("AETERM"), "headache")
    clinic.clock.turn(timedelta(days=1))
    assert ("LOG", "adverse_event") in forms(of(clinic, "CRC-01", "unfinished"))


def test_a_serious_event_counts_from_being_called_serious_until_its_time_is_known(clinic):
    participant = screened(clinic, 7)
    phy = clinic.session("PHY-01")
    event = FormEntry(phy, participant, "LOG", "adverse_event", form_key="b" * 16)
    event.answer(event.ref("AESER"), Code("Y"))
    (point,) = of(clinic, "PHY-01", "report")
    assert point.due == clinic.clock.now() + timedelta(hours=24)


def test_a_form_stands_once_as_its_most_pressing_kind(clinic):
    participant = clinic.enrol(1)
    report(laboratory(clinic), participant, PLAT=("20", "10*9/L"))
    clinic.clock.turn(timedelta(days=1))
    kinds = [
        point.kind
        for point in worklist(clinic.session("PHY-01"))
        if point.form is not None and point.form.form == "lab_safety" and point.item is None
    ]
    assert len(kinds) == 1
    assert kinds[0] in ("critical", "review")


def test_a_form_of_a_visit_that_will_not_take_place_is_dropped(clinic):
    participant = booked_today(clinic, 7, 1)
    phy = clinic.session("PHY-01")
    today = clinic.clock.now().astimezone(phy.zone).date()
    lose(phy, participant, today, None, 3, True, PASSWORDS["PHY-01"])
    visit = next(one for one in participant_visits(phy, participant) if one.code == "V1")
    assert {form_matter(phy, form, visit, today) for form in visit.forms} == {"dropped"}


@pytest.mark.requirement("R-SIG-6")
def test_a_void_signature_is_listed_at_once_and_named_with_its_meaning(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    assert of(clinic, "NUR-04", "void") == []
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason={"code": "1", "text": ""})
    for account in ("NUR-04", "PHY-01", "CRC-01", "MON-01"):
        (point,) = of(clinic, account, "void")
        assert (point.visit.code, point.form.form) == ("C1D", "call")
        assert point.meanings == ("form_entered",)
    sign(clinic.session("NUR-04"), participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    assert of(clinic, "NUR-04", "void") == []


@pytest.mark.requirement("R-SIG-6")
def test_a_visit_waits_for_its_sign_off_once_its_day_is_over_and_all_is_signed(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    assert of(clinic, "PHY-01", "sign_off") == []
    clinic.clock.turn(timedelta(days=1))
    (point,) = of(clinic, "PHY-01", "sign_off")
    assert (point.visit.code, point.form, point.meanings) == ("C1D", None, ("visit_sign_off",))
    sign_visit(clinic.session("PHY-01"), participant, "C1D", "1", PASSWORDS["PHY-01"])
    assert of(clinic, "PHY-01", "sign_off") == []
    entry = call_form(clinic, participant)
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason={"code": "1", "text": ""})
    assert [one.meanings for one in of(clinic, "PHY-01", "void")] == [
        ("form_entered",),
        ("visit_sign_off",),
    ]


@pytest.mark.requirement("R-SIG-6")
def test_the_casebook_waits_once_the_participants_part_is_over(clinic):
    participant = ready_casebook(clinic)
    other = clinic.enrol(8)
    call_made(clinic, other)
    sign_visit(clinic.session("PHY-01"), other, "C1D", "1", PASSWORDS["PHY-01"])
    waiting = [(one.participant, one.meanings) for one in of(clinic, "PI-01", "sign_off")]
    assert waiting == [(participant, ("casebook_sign_off",))]
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    assert of(clinic, "PI-01", "sign_off") == []


def test_the_laboratory_is_told_of_no_sign_off(clinic):
    ready_casebook(clinic)
    session = laboratory(clinic)
    assert [one for one in worklist(session) if one.kind == "sign_off"] == []
