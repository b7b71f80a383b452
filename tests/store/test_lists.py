"""What lists of the whole site are read from: short texts of values, and standing signatures."""

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.journal_writer import DATA_KEY, ITEM, OTHER, PARTICIPANT, Writer, answer, signature_of

from msclinic.domain.errors import KnownFault
from msclinic.record import Draft
from msclinic.store import LAST, Store
from msclinic.store.rows import word_of

FORM = "V1/1/vital_signs/1"
PULSE = ITEM + "PULSE"


def code_of(participant: str, code: str) -> Draft:
    return Draft(
        "participant_enrolled", participant, "participant/code", {"type": "text", "value": code}
    )


def visit(participant: str, path: str, status: str, day: str) -> Draft:
    value = {"type": "visit", "status": status, "date": day}
    return Draft("visit_opened", participant, path, value)


def completed(status: str, *known: str) -> Draft:
    value = {"type": "code", "value": status}
    return Draft("form_completed", PARTICIPANT, FORM, value, supersedes=known)


@pytest.fixture
def writer() -> Writer:
    made = Writer()
    made.found()
    return made


def stored(store: Store, writer: Writer) -> None:
    with store.write() as uow:
        for act in writer.acts[taken(store, writer) :]:
            uow.append(act)


def taken(store: Store, writer: Writer) -> int:
    with store.read() as reader:
        return reader.stream_head(writer.stream).act_number


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, None),
        (b'{"type":"text","value":"PL01-007"}', "pl01-007"),
        (b'{"type":"code","value":"POS"}', "POS"),
        (b'{"type":"visit","status":"open","date":"2026-11-23","chair":"2"}', "open 2026-11-23"),
        (b'{"type":"codes","value":["A","B"]}', None),
        (b'{"type":"missing","reason":"NOT_DONE"}', None),
        (b"no json", None),
        (b'["no object"]', None),
        (b'{"type":"text","value":"' + b"a" * 99 + b'"}', "a" * 64),
    ],
)
def test_a_value_has_one_short_text_or_none(content: bytes | None, word: str | None) -> None:
    assert word_of(content) == word


def test_visits_of_a_day_are_found_by_status_and_day_alone(store: Store, writer: Writer) -> None:
    writer.one(visit(PARTICIPANT, "V1/1", "open", "2026-11-23"))
    writer.one(visit(OTHER, "V1/1", "booked", "2026-11-24"))
    stored(store, writer)
    with store.read() as reader:
        found = reader.saying("", "", ["open 2026-11-23", "booked 2026-11-23"])
        assert [(head.participant, head.path) for head in found] == [(PARTICIPANT, "V1/1")]
        assert len(reader.between("", "", "booked ", "booked!")) == 1


def test_an_answer_that_was_replaced_is_not_found_by_its_old_text(
    store: Store, writer: Writer
) -> None:
    first = writer.one(answer(PULSE, 71))
    writer.one(answer(PULSE, 72, first))
    stored(store, writer)
    with store.read() as reader:
        assert reader.saying("vital_signs", "PULSE", ["71"]) == []
        (head,) = reader.saying("vital_signs", "PULSE", ["72"])
        assert head.path == PULSE


def test_codes_come_in_their_order_a_page_at_a_time(store: Store, writer: Writer) -> None:
    for number, code in enumerate(("PL01-012", "PL01-003", "PL02-001"), start=1):
        writer.one(code_of(f"{number:032x}", code))
    stored(store, writer)
    with store.read() as reader:
        path = "participant/code"
        assert [one.word for one in reader.named(path)] == ["pl01-003", "pl01-012", "pl02-001"]
        assert [one.word for one in reader.named(path, "pl01-004", most=1)] == ["pl01-012"]
        assert [one.word for one in reader.named(path, "pl01-", "pl01-" + LAST)][-1] == "pl01-012"
        (one,) = reader.names_of(path, [f"{2:032x}"])
        assert one.value == {"type": "text", "value": "PL01-003"}


def test_a_completed_form_waits_until_it_is_signed_and_again_after_a_change(
    store: Store, writer: Writer
) -> None:
    value = writer.one(answer(PULSE, 71))
    form = writer.one(completed("completed"))

    def waiting(meaning: str) -> list[str]:
        with store.read() as reader:
            done = ("completed", "amended")
            return [head.path for head in reader.unsigned("vital_signs", done, meaning)]

    stored(store, writer)
    assert waiting("reviewed") == [FORM]
    writer.one(signature_of({PULSE: [value], FORM: [form]}, FORM, number=1), actor="PHY-01")
    stored(store, writer)
    assert waiting("reviewed") == []
    assert waiting("approved") == [FORM]
    writer.one(answer(PULSE, 72, value))
    stored(store, writer)
    assert waiting("reviewed") == [FORM]


def test_a_record_folded_by_an_older_version_is_not_read_but_brought_up_to_date(
    store: Store, database: Path
) -> None:
    with store.write() as uow:
        uow.connection.execute(text("UPDATE fold_state SET version = 1"))
    store.close()
    with pytest.raises(KnownFault) as refused:
        Store.open(database, DATA_KEY, read_only=True)
    assert refused.value.code == "older_database"
    Store.open(database, DATA_KEY).close()
    Store.open(database, DATA_KEY, read_only=True).close()
