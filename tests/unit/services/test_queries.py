"""Queries: who sees them, who says what, and that nothing of them reaches who may not know."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.clinic import COST, ROLES, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.queries import ANSWERED, CLOSED, LONGEST, OPEN
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.participants import masked_rater
from msclinic.services.people import open_account
from msclinic.services.queries import (
    all_queries,
    form_queries,
    participant_queries,
    person_named,
    raise_query,
    say,
)
from msclinic.services.query_conversation import conversation
from msclinic.services.query_model import Changed, Message, Query
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import join
from msclinic.services.worklist import worklist

WEIGHT = "Is the weight in kilograms?"
KEY = "the long key of one more"
MORE = {"LABU-01": "LABU", "LAB-01": "LAB", "INSP-01": "INSP"}


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


@pytest.fixture
def vitals(clinic: Clinic, participant: str) -> FormEntry:
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    entry.answer(entry.ref("WEIGHT"), Decimal("71.5"))
    return entry


@pytest.fixture
def everyone(clinic: Clinic) -> dict[str, Session]:
    """One session of each role that the study has."""
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    for account, role in MORE.items():
        open_account(admin, account, role, KEY, pi, COST)
        clinic.sessions[account] = join(pi, account, KEY)
    return {account: clinic.session(account) for account in (*ROLES, *MORE)}


def weight(entry: FormEntry) -> str:
    return entry.path(entry.ref("WEIGHT"))


def seen(session: Session, participant: str) -> list[Query]:
    return participant_queries(session, participant)


@pytest.mark.requirement("R-DAT-2", "R-AUD-6")
def test_a_query_is_raised_answered_closed_and_all_of_it_stays(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor, nurse = clinic.session("MON-01"), clinic.session("NUR-04")
    key = raise_query(monitor, participant, weight(vitals), WEIGHT)
    (asked,) = form_queries(nurse, participant, vitals.prefix)
    assert (asked.status, asked.side, asked.text) == (OPEN, "sponsor", WEIGHT)
    assert (asked.ref, asked.may) == (vitals.ref("WEIGHT"), frozenset({"answer"}))
    say(nurse, participant, key, "answer", "Yes, kilograms.")
    assert seen(monitor, participant)[0].status == ANSWERED
    say(monitor, participant, key, "close", "")
    assert seen(nurse, participant)[0].status == CLOSED
    assert all_queries(monitor) == []
    said = [one for one in conversation(monitor, participant, key) if isinstance(one, Message)]
    assert [(one.kind, one.role, one.text) for one in said] == [
        ("ask", "MON", WEIGHT),
        ("answer", "NUR", "Yes, kilograms."),
        ("close", "MON", ""),
    ]


def test_a_new_message_opens_a_closed_query_again(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    key = raise_query(monitor, participant, weight(vitals), WEIGHT)
    say(monitor, participant, key, "close", "")
    say(clinic.session("DM-01"), participant, key, "ask", "Scales calibrated?")
    (again,) = all_queries(monitor, OPEN)
    assert (again.key, again.text) == (key, "Scales calibrated?")


@pytest.mark.requirement("R-AUD-13")
def test_a_change_after_a_query_names_it_and_stands_after_the_first_answer(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    key = raise_query(clinic.session("MON-01"), participant, weight(vitals), WEIGHT)
    again = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    again.answer(again.ref("WEIGHT"), Decimal("77.5"), reason={"code": "1", "text": ""})
    told = conversation(clinic.session("MON-01"), participant, key)
    first, asked, second = told
    assert isinstance(first, Changed)
    assert isinstance(asked, Message)
    assert isinstance(second, Changed)
    assert (first.answer, first.first, first.prompted) == (Decimal("71.5"), True, False)
    assert (second.answer, second.first, second.prompted) == (Decimal("77.5"), False, True)
    with clinic.session("NUR-04").store.read() as reader:
        (head,) = reader.heads(participant=participant, item="WEIGHT")
        trail = reader.trail(participant, head.path)
    assert [row.entry.prompted_by for row in trail] == [None, f"query/{key}"]


def test_a_change_of_an_item_whose_query_is_closed_names_no_query(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    key = raise_query(monitor, participant, weight(vitals), WEIGHT)
    say(monitor, participant, key, "close", "")
    again = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    again.answer(again.ref("WEIGHT"), Decimal("77.5"), reason={"code": "1", "text": ""})
    with monitor.store.read() as reader:
        trail = reader.trail(participant, weight(vitals))
    assert trail[-1].entry.prompted_by is None


@pytest.mark.requirement("R-DAT-3", "R-USR-2")
def test_every_role_may_say_what_its_rights_give_and_nothing_else(
    everyone: dict[str, Session], participant: str, vitals: FormEntry
) -> None:
    raisers = {"PI-01", "CRC-01", "MON-01", "DM-01"}
    for account, session in everyone.items():
        if account in raisers:
            key = raise_query(session, participant, weight(vitals), account)
            assert any(one.key == key for one in seen(session, participant))
        else:
            with pytest.raises(Refused):
                raise_query(session, participant, weight(vitals), account)
    by_text = {one.text: one for one in seen(everyone["MON-01"], participant)}
    assert set(by_text) == raisers
    study = everyone["PI-01"].study
    for session in everyone.values():
        answers = session.may("answer_queries") and session.may("enter:vital_signs")
        reads = session.may("read:vital_signs") or session.may("enter:vital_signs")
        mine = {one.text: one.may for one in seen(session, participant)}
        assert set(mine) == (raisers if reads else set())
        for raiser, query in by_text.items():
            side = study.roles[raiser.split("-")[0]].side
            closes = session.may("query") and session.side == side
            wanted = ({"answer"} if answers else set()) | ({"ask", "close"} if closes else set())
            if reads:
                assert mine[raiser] == wanted
            for kind in {"ask", "answer", "close"} - (wanted if reads else set()):
                with pytest.raises(UserError):
                    say(session, participant, query.key, kind, "a word")


@pytest.mark.requirement("R-BLD-6", "R-BLD-3")
def test_a_rater_learns_of_queries_on_own_forms_and_of_no_other(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    other = raise_query(monitor, participant, weight(vitals), WEIGHT)
    rater = clinic.session("RAT-02")
    walk = FormEntry(rater, participant, "SCR", "t25fw")
    walk.answer(walk.ref("T25FW_NOTE"), "calm")
    own = raise_query(monitor, participant, walk.path(walk.ref("T25FW_NOTE")), "Which shoes?")
    for session in (rater, clinic.session("ASSESSOR-01")):
        assert masked_rater(session)
        assert [one.key for one in seen(session, participant)] == [own]
        assert [one.key for one in all_queries(session)] == [own]
        assert form_queries(session, participant, vitals.prefix) == []
        for refused in (
            lambda session=session: conversation(session, participant, other),
            lambda session=session: say(session, participant, other, "answer", "x"),
        ):
            with pytest.raises(UserError) as told:
                refused()
            assert told.value.code == "no_such_query"
    say(rater, participant, own, "answer", "Flat ones.")
    assert {one.key: one.status for one in seen(monitor, participant)}[own] == ANSWERED


@pytest.mark.requirement("R-BLD-6", "R-BLD-2")
def test_no_masked_role_learns_of_a_query_on_restricted_results(
    everyone: dict[str, Session], participant: str
) -> None:
    lab = everyone["LABU-01"]
    entry = FormEntry(lab, participant, "V2", "restricted_results")
    entry.answer(entry.ref("ISREFID"), "R-1")
    scope = entry.path(entry.ref("ISREFID"))
    for account, session in everyone.items():
        with pytest.raises(Refused):
            raise_query(session, participant, scope, account)
    # Even if one stands in the record, by an older program or another device.
    value = {"type": "query", "value": OPEN, "scope": scope, "side": "program"}
    with recording(lab) as act:
        act.set("query_raised", f"query/{'b' * 32}", value, participant=participant)
    assert [one.scope for one in seen(lab, participant)] == [scope]
    for account, session in everyone.items():
        if account != "LABU-01":
            assert seen(session, participant) == []
            assert all_queries(session) == []
            with pytest.raises(UserError):
                conversation(session, participant, "b" * 32)
    for account in ("CRC-01", "MON-01", "PI-01", "DM-01"):
        points = worklist(everyone[account])
        assert not any(point.kind == "query" for point in points)


def test_the_preparer_sees_queries_on_the_release_and_no_other(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor, preparer = clinic.session("MON-01"), clinic.session("PREP-01")
    raise_query(monitor, participant, weight(vitals), WEIGHT)
    scope = "V1/1/product_release/1"
    key = raise_query(monitor, participant, scope, "Was the volume read twice?")
    assert [one.key for one in seen(preparer, participant)] == [key]
    say(preparer, participant, key, "answer", "Yes, by both.")
    assert {one.key: one.status for one in seen(monitor, participant)}[key] == ANSWERED
    told = conversation(monitor, participant, key)
    assert [one.account for one in told] == ["MON 01", ""], "who prepared stays unknown"


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1)])
def test_a_message_without_words_or_with_too_many_is_refused(
    clinic: Clinic, participant: str, vitals: FormEntry, text: str
) -> None:
    with pytest.raises(UserError) as told:
        raise_query(clinic.session("MON-01"), participant, weight(vitals), text)
    assert told.value.code == "query_words"


@pytest.mark.parametrize(
    "scope",
    [
        "SCR/1/vital_signs/1/general/1/NO_SUCH",
        "SCR/1/vital_signs/1/reading/9f00000000000001/SYSBP",
        "SCR/1",
        "XX/1/vital_signs/1",
        "LOG/1/adverse_event/9f00000000000001",
    ],
)
def test_a_query_needs_an_item_or_a_form_that_there_is(
    clinic: Clinic, participant: str, vitals: FormEntry, scope: str
) -> None:
    with pytest.raises(UserError):
        raise_query(clinic.session("MON-01"), participant, scope, WEIGHT)


def test_a_name_in_a_message_is_noticed_and_not_refused(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    text = "Did Jan Kowalski weigh?"
    assert person_named(text) == "Did Jan Kowalski"
    raise_query(clinic.session("MON-01"), participant, weight(vitals), text)
    assert seen(clinic.session("NUR-04"), participant)[0].text == text


def test_open_queries_wait_in_the_worklist_and_answered_ones_for_who_closes_them(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    monitor, nurse, crc = (clinic.session(one) for one in ("MON-01", "NUR-04", "CRC-01"))
    key = raise_query(monitor, participant, weight(vitals), WEIGHT)

    def waiting(session: Session) -> Iterator[tuple[str, object]]:
        for point in worklist(session):
            if point.query is not None:
                yield point.kind, point.item

    for session in (monitor, nurse, crc):
        assert list(waiting(session)) == [("query", vitals.ref("WEIGHT"))]
    say(nurse, participant, key, "answer", "Yes.")
    assert list(waiting(monitor)) == [("answered", vitals.ref("WEIGHT"))]
    assert list(waiting(nurse)) == list(waiting(crc)) == []


def test_a_query_is_no_part_of_the_form_and_voids_no_signature(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    status, heads = vitals.status, len(vitals.refs())
    raise_query(clinic.session("MON-01"), participant, vitals.prefix, "Complete?")
    again = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    assert (again.status, len(again.refs())) == (status, heads)
    with clinic.session("MON-01").store.read() as reader:
        beneath = reader.heads(participant=participant, prefix=vitals.prefix)
    assert not any("query" in head.path for head in beneath)


def test_a_removed_text_leaves_the_query_where_it_is(
    clinic: Clinic, participant: str, vitals: FormEntry
) -> None:
    raise_query(clinic.session("MON-01"), participant, weight(vitals), WEIGHT)
    with clinic.session("MON-01").store.read() as reader:
        (head,) = reader.heads(participant=participant, prefix="query")
    assert head.reason == {"code": "0", "text": WEIGHT}
    assert WEIGHT not in str(head.value)
