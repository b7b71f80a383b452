import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import odmlib
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.unit.exchange.snapshots import (
    CREATED,
    NOON,
    audit,
    by_program,
    entry,
    everything,
    item,
    odm_bytes,
    recorded,
    snapshot,
    with_note,
)

from msclinic.domain.values import MISSING_REASONS, Code, Codes, Missing
from msclinic.exchange.odm import OdmMistake
from msclinic.exchange.odm_model import (
    Audit,
    FileContent,
    FileType,
    FormData,
    GroupData,
    ItemData,
    ParticipantData,
    Recorded,
    VisitData,
)
from msclinic.shipped import shipped_study
from msclinic.study import load_study

NS = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
MSC = "{urn:msclinic:odm:1}"
DOCS = Path(__file__).parents[3] / "docs" / "formats"

every_file_type = pytest.mark.parametrize("file_type", FileType)
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(data):
    return etree.fromstring(data)


def find(root, path):
    return root.xpath(path, namespaces=NS)


def one(root, path):
    (found,) = find(root, path)
    return found


# Validity


@every_file_type
def test_a_snapshot_with_everything_is_valid_against_the_schema_of_cdisc(
    study, cdisc_schema, file_type
):
    root = read(odm_bytes(study, everything(study), file_type=file_type))
    cdisc_schema.assertValid(root)


@pytest.mark.parametrize("content", FileContent)
def test_each_content_is_valid_alone(study, cdisc_schema, content):
    root = read(odm_bytes(study, everything(study), content=content))
    cdisc_schema.assertValid(root)
    parts = {etree.QName(part).localname for part in root}
    assert (
        parts
        == {
            FileContent.ALL: {"Study", "AdminData", "ClinicalData"},
            FileContent.METADATA: {"Study", "AdminData"},
            FileContent.DATA: {"ClinicalData"},
        }[content]
    )


def test_a_snapshot_without_participants_is_valid(study, cdisc_schema):
    cdisc_schema.assertValid(read(odm_bytes(study, snapshot(study))))


def test_an_extended_file_is_valid_against_the_schema_that_the_documentation_ships(study, tmp_path):
    shipped = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    for source in [*shipped.glob("*.xsd"), *DOCS.glob("*.xsd")]:
        shutil.copy(source, tmp_path)
    schema = etree.XMLSchema(etree.parse(tmp_path / "msclinic-odm.xsd"))
    root = read(odm_bytes(study, everything(study), extended=True))
    schema.assertValid(root)
    first = find(root, "//o:ItemData/o:AuditRecord")[0]
    assert first.get(f"{MSC}Role") == "NUR"
    rules = [found.get(f"{MSC}Rule") for found in find(root, "//o:AuditRecord")]
    assert "copy 1" in rules


def test_a_file_that_is_not_extended_has_one_namespace(study):
    assert b"msclinic:odm" not in odm_bytes(study, everything(study))


def test_the_definitions_of_the_shipped_study_are_valid(cdisc_schema):
    shipped = load_study(shipped_study())
    root = read(odm_bytes(shipped, snapshot(shipped), content=FileContent.METADATA))
    cdisc_schema.assertValid(root)
    assert len(find(root, "//o:FormDef")) > 1


# Identifiers


@every_file_type
def test_identifiers_are_plain_and_every_reference_is_defined(study, file_type):
    root = read(odm_bytes(study, everything(study), file_type=file_type))
    defined = set(find(root, "//@OID"))
    assert defined
    for name in defined:
        assert name[0].isalpha()
        assert name.replace("_", "").isalnum()
        assert name.isascii()
    references = {
        value
        for found in root.iter("{*}*")
        for name, value in found.attrib.items()
        if name.endswith("OID") and name not in {"OID", "FileOID"}
    }
    assert references
    assert references <= defined


def test_users_have_neither_names_nor_places(study):
    root = read(odm_bytes(study, everything(study)))
    assert {etree.QName(part).localname for part in find(root, "//o:User/*")} == {"DisplayName"}
    assert find(root, "//o:User/o:DisplayName/text()") == ["NUR", "msclinic 0.1.0"]


def test_a_study_that_asks_for_a_full_birth_date_is_refused(study):
    form = study.forms["vital_signs"]
    group = form.item_groups[0]
    born = evolve(group.items[4], cdisc={"variable": "BRTHDTC"})
    forms = {"vital_signs": evolve(form, item_groups=(evolve(group, items=(born,)),))}
    with pytest.raises(OdmMistake, match="birth date"):
        odm_bytes(evolve(study, forms=forms), snapshot(study))


def test_the_unmasked_zone_is_in_no_file(study):
    data = odm_bytes(study, everything(study))
    assert b"preparation" not in data.lower()
    form = FormData("preparation", "1", ())
    participant = ParticipantData("W01-001", (VisitData("V1", "1", (form,)),))
    with pytest.raises(OdmMistake, match="no exportable form"):
        odm_bytes(study, snapshot(study, participant))


# Definitions


def test_questions_and_choices_are_in_both_languages(study):
    root = read(odm_bytes(study, everything(study)))
    question = one(root, "//o:ItemDef[@OID='I_vital_signs__TEMP']/o:Question")
    texts = {
        found.get("{http://www.w3.org/XML/1998/namespace}lang"): found.text for found in question
    }
    assert texts == {"en": "Temperature", "pl": "Temperatura"}
    female = one(root, "//o:CodeList[@OID='CL_SEX']/o:CodeListItem[@CodedValue='F']")
    assert find(female, "o:Decode/o:TranslatedText/text()") == ["Female", "Kobieta"]
    assert find(female, "o:Alias/@Name") == ["C16576"]


def test_terminology_travels_as_aliases(study):
    root = read(odm_bytes(study, everything(study)))
    aliases = find(root, "//o:ItemDef[@OID='I_vital_signs__TEMP']/o:Alias")
    found = {alias.get("Context"): alias.get("Name") for alias in aliases}
    assert found == {
        "SDTM": "VSORRES",
        "SDTM TESTCD": "TEMP",
        "nci:ExtCodeID": "C25206",
        "LOINC": "8310-5",
        "required": "SEX == 'F'",
        "missing": "NOT_DONE",
    }


def test_simple_checks_become_limits_and_others_keep_their_expression(study):
    root = read(odm_bytes(study, everything(study)))
    checks = find(root, "//o:ItemDef[@OID='I_vital_signs__TEMP']/o:RangeCheck")
    assert [
        (check.get("SoftHard"), check.get("Comparator"), *find(check, "o:CheckValue/text()"))
        for check in checks
    ] == [("Hard", "GE", "25.0"), ("Hard", "LE", "45.0"), ("Soft", "LT", "38.0"), ("Soft", None)]
    assert find(checks[-1], "o:FormalExpression/text()") == ["TEMP < 40.0 || SEX == 'F'"]


def test_relevance_is_written_as_the_exception_that_odm_means(study):
    root = read(odm_bytes(study, everything(study)))
    condition = one(
        root, "//o:ItemRef[@ItemOID='I_vital_signs__PREGNANT']/@CollectionExceptionConditionOID"
    )
    expression = one(root, f"//o:ConditionDef[@OID='{condition}']/o:FormalExpression")
    assert expression.text == "!(SEX == 'F')"


# Data, read back by a reader that shares nothing with the writer


def current_values(root):
    """Path to value or missing reason of every item of a snapshot."""
    found = {}
    for node in find(root, "//o:ItemData"):
        group = node.getparent()
        form = group.getparent()
        visit = form.getparent()
        path = (
            visit.getparent().get("SubjectKey"),
            visit.get("StudyEventOID"),
            visit.get("StudyEventRepeatKey"),
            form.get("FormOID"),
            form.get("FormRepeatKey"),
            group.get("ItemGroupOID"),
            group.get("ItemGroupRepeatKey"),
            node.get("ItemOID"),
        )
        assert path not in found
        found[path] = node
    return found


def flags(node):
    return [
        (flag.findtext("o:FlagType", namespaces=NS), flag.findtext("o:FlagValue", namespaces=NS))
        for flag in find(node, "o:Annotation/o:Flag")
    ]


def test_every_value_is_read_back(study):
    nodes = current_values(read(odm_bytes(study, everything(study))))
    v1 = ("W01-003", "SE_V1", None, "F_vital_signs", None)
    once = (*v1, "IG_vital_signs__once", None)
    reading = (*v1, "IG_vital_signs__reading", "9f00aa11bb22cc33")
    values = {path[-1]: node.get("Value") for path, node in nodes.items() if path[:5] == v1}
    assert values == {
        "I_vital_signs__SEX": "F",
        "I_vital_signs__SYMPTOMS": "FEVER COUGH",
        "I_vital_signs__BRTHYY": "1975",
        "I_vital_signs__SEEN": "2026-11-22T09:30:00.000Z",
        "I_vital_signs__DAY": "2026-11-22",
        "I_vital_signs__ONSET": "2024-05",
        "I_vital_signs__NOTE": None,
        "I_vital_signs__TEMP": "38.2",
        "I_vital_signs__COPY": "38.2",
    }
    refused = nodes[(*once, "I_vital_signs__NOTE")]
    assert refused.get("IsNull") == "Yes"
    assert flags(refused) == [("MISSING", "REFUSED")]
    assert find(refused, "o:Annotation/o:Comment/text()") == ["nie chciała <&>"]
    temperature = nodes[(*reading, "I_vital_signs__TEMP")]
    assert find(temperature, "o:MeasurementUnitRef/@MeasurementUnitOID") == ["MU_Cel"]
    assert flags(temperature) == [
        ("SOURCE", "transcribed"),
        ("CHECK_KEPT", "TEMP_HIGH"),
        ("CONFLICT", "OTHER_VALUE"),
    ]
    assert find(temperature, "o:Annotation[2]/o:Comment/text()") == [f"{entry(13)} 38.4"]
    assert flags(nodes[(*reading, "I_vital_signs__COPY")]) == [("COMPUTED", "STALE")]


def test_repeats_keep_their_keys(study):
    root = read(odm_bytes(study, everything(study)))
    assert find(root, "//@StudyEventRepeatKey") == ["55555555bbbbbbbb"]
    assert find(root, "//@FormRepeatKey") == ["77777777aaaaaaaa"]
    assert set(find(root, "//@ItemGroupRepeatKey")) == {"9f00aa11bb22cc33"}


def test_every_item_says_who_when_why_and_which_entry(study):
    root = read(odm_bytes(study, everything(study)))
    node = find(root, "//o:ItemData[@ItemOID='I_vital_signs__TEMP']/o:AuditRecord")[0]
    assert [(etree.QName(part).localname, part.text) for part in node] == [
        ("UserRef", None),
        ("LocationRef", None),
        ("DateTimeStamp", "2026-11-22T12:00:12.345+01:00"),
        ("ReasonForChange", "mistyped"),
        ("SourceID", entry(12)),
    ]
    assert find(node, "o:UserRef/@UserOID") == ["U_7f3a__NUR"]
    assert not find(root, "//o:ItemData[not(o:AuditRecord)]")


def test_computed_values_are_the_programs_own(study):
    root = read(odm_bytes(study, everything(study)))
    node = find(root, "//o:ItemData[@ItemOID='I_vital_signs__COPY']")[0]
    assert find(node, "o:AuditRecord/o:UserRef/@UserOID") == ["U_software_0_x2E_1_x2E_0"]


def test_the_first_valid_signature_stands_first_and_others_are_found_by_id(study):
    root = read(odm_bytes(study, everything(study)))
    form = find(root, "//o:StudyEventData[@StudyEventOID='SE_V1']/o:FormData")[0]
    assert [etree.QName(part).localname for part in form][:3] == [
        "AuditRecord",
        "Signature",
        "Annotation",
    ]
    assert find(form, "o:Signature/o:CryptoBindingManifest/text()") == [entry(21)]
    assert flags(form) == [
        ("FORM_STATUS", "completed"),
        ("SIGNATURE", "VOID"),
        ("SIGNATURE", "VALID"),
    ]
    void, valid = find(form, "o:Annotation/o:Comment/text()")
    further = f"//o:ClinicalData/o:Signatures/o:Signature[@ID='{valid}']"
    assert find(root, f"{further}/o:SignatureRef/@SignatureOID") == ["SIG_REVIEWED"]
    assert find(root, f"{further}/o:CryptoBindingManifest/text()") == [entry(22)]
    assert void == f"SGN_{entry(20)}"
    assert len(find(root, "//o:StudyEventData/o:Signature")) == 1
    assert len(find(root, "//o:SubjectData/o:Signature")) == 1


def test_a_removed_repeat_is_left_out_of_a_snapshot(study):
    assert b"aaaaaaaaaaaaaaaa" not in odm_bytes(study, everything(study)).replace(
        b"77777777aaaaaaaa", b""
    )


def test_a_transactional_file_tells_every_change_in_its_order(study):
    root = read(odm_bytes(study, everything(study), file_type=FileType.TRANSACTIONAL))
    reading = find(root, "//o:ItemGroupData[@ItemGroupRepeatKey='9f00aa11bb22cc33']")[0]
    steps = find(reading, "o:ItemData[@ItemOID='I_vital_signs__TEMP']")
    assert [
        (step.get("TransactionType"), step.get("Value"), step.get("IsNull")) for step in steps
    ] == [("Insert", None, "Yes"), ("Update", "82.3", None), ("Update", "38.2", None)]
    assert [find(step, "o:Annotation/@TransactionType") for step in steps] == [
        ["Insert"],
        ["Remove"],
        ["Insert", "Insert"],
    ]
    assert find(steps[1], "o:AuditRecord/@EditPoint") == ["DataManagement"]
    gone = find(root, "//o:ItemGroupData[@ItemGroupRepeatKey='aaaaaaaaaaaaaaaa']")
    assert [node.get("TransactionType") for node in gone[:2]] == ["Insert", "Remove"]
    assert find(gone[1], "o:AuditRecord/o:ReasonForChange/text()") == ["twice"]


# Bytes


@every_file_type
def test_equal_inputs_give_equal_bytes(study, file_type):
    first = odm_bytes(study, everything(study), file_type=file_type)
    assert first == odm_bytes(study, everything(study), file_type=file_type)
    assert first.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = read(first)
    assert root.get("FileOID") == "F1"
    assert root.get("CreationDateTime") == CREATED.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert root.get("AsOfDateTime") == "2026-11-22T12:00:00.345+01:00"


def test_participants_may_come_one_by_one(study):
    whole = everything(study)
    lazy = evolve(whole, participants=(person for person in whole.participants))
    assert odm_bytes(study, lazy) == odm_bytes(study, whole)


def note(root):
    return one(root, "//o:ItemData")


@pytest.mark.parametrize(
    "text",
    ['<a href="x">&amp;</a> ]]> <!-- \' -->', "Zażółć gęślą jaźń", "Ωμέγα μ", "a\tb\nc\rd", "😀"],
)
def test_hostile_and_foreign_text_is_read_back_as_it_was(study, cdisc_schema, text):
    root = read(odm_bytes(study, with_note(study, text)))
    cdisc_schema.assertValid(root)
    assert note(root).get("Value") == text
    assert flags(note(root)) == []


def test_a_control_character_is_written_in_sight_and_flagged(study, cdisc_schema):
    root = read(odm_bytes(study, with_note(study, "a\x07b\x00\ufffe\ud800")))
    cdisc_schema.assertValid(root)
    assert note(root).get("Value") == "a[U+0007]b[U+0000][U+FFFE][U+D800]"
    assert flags(note(root)) == [("TEXT", "CONTROL_CHARACTERS")]


def test_a_control_character_in_a_participant_code_is_refused(study):
    with pytest.raises(OdmMistake, match="participant code"):
        odm_bytes(study, snapshot(study, ParticipantData("W01\x07", ())))


# What does not fit is refused


def only(*items, group="once"):
    form = FormData("vital_signs", "1", (GroupData(group, "1", items),))
    return ParticipantData("W01-001", (VisitData("V1", "1", (form,)),))


@pytest.mark.parametrize(
    ("participant", "sentence"),
    [
        (only(item("NOTHING", "x", 1)), "no item NOTHING"),
        (only(item("TEMP", Decimal(37), 1)), "no item TEMP"),
        (only(group="nowhere"), "no item group nowhere"),
        (ParticipantData("W01-001", (VisitData("V9", "1", ()),)), "no visit V9"),
        (only(item("NOTE", "x", 1, "furlong")), "no unit furlong"),
        (only(item("NOTE", "x", 1, kept_checks=("ODD",))), "no check ODD"),
        (only(ItemData("NOTE", recorded("x", 1, account="stranger"))), "is not listed"),
        (only(item("SYMPTOMS", Codes(("A B",)), 1)), "holds a blank"),
        (only(item("BRTHYY", Decimal("NaN"), 1)), "not finite"),
    ],
)
def test_what_the_study_does_not_have_is_refused(study, participant, sentence):
    with pytest.raises(OdmMistake, match=sentence):
        odm_bytes(study, snapshot(study, participant))


def test_one_code_stands_for_one_participant(study):
    person = ParticipantData("W01-001", ())
    with pytest.raises(OdmMistake, match="same code"):
        odm_bytes(study, snapshot(study, person, person))


def test_a_snapshot_of_another_study_version_is_refused(study):
    with pytest.raises(OdmMistake, match="another version"):
        odm_bytes(study, evolve(snapshot(study), study_version="0" * 64))


def test_a_time_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        Audit(None, None, datetime(2026, 11, 22), entry(1), "0.1.0")  # noqa: DTZ001


def test_an_account_without_a_role_is_refused():
    with pytest.raises(ValueError, match="role"):
        Audit("7f3a", None, NOON, entry(1), "0.1.0")


# Any snapshot

texts = st.text(max_size=30)
audits = st.builds(
    audit,
    st.integers(0, 10**6),
    reason=texts,
    source=st.sampled_from(["direct", "transcribed", "imported", "participant"]),
    edit_point=st.sampled_from([None, "Monitoring", "DataManagement", "DBAudit"]),
    event_time=st.none() | st.datetimes(timezones=st.just(UTC)),
) | st.builds(by_program, st.integers(0, 10**6))
missing = st.builds(Missing, st.sampled_from(MISSING_REASONS), texts)
answers = {
    "NOTE": texts | missing,
    "SEX": st.builds(Code, st.sampled_from("FM")) | missing,
    "BRTHYY": st.integers() | missing,
    "DAY": st.dates() | missing,
    "SEEN": st.datetimes(timezones=st.just(UTC)) | missing,
}


def items(name):
    values = st.builds(Recorded, answers[name], audits)
    return st.builds(
        ItemData,
        st.just(name),
        values,
        st.lists(values, max_size=3).map(tuple),
        st.lists(values, max_size=2).map(tuple),
        st.booleans(),
    )


groups = st.builds(
    lambda chosen: GroupData("once", "1", tuple(chosen)), st.tuples(*map(items, sorted(answers)))
)
temperatures = st.builds(
    Recorded,
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False) | missing,
    audits,
    st.just("Cel"),
)
readings = st.lists(
    st.builds(lambda value: (ItemData("TEMP", value),), temperatures), max_size=4
).map(
    lambda found: tuple(
        GroupData("reading", f"{number:016x}", reading) for number, reading in enumerate(found)
    )
)
people = st.lists(st.tuples(groups, readings), min_size=0, max_size=3)


@quick
@given(found=people, file_type=st.sampled_from(FileType))
def test_any_snapshot_is_valid_and_read_back(study, cdisc_schema, found, file_type):
    participants = [
        ParticipantData(
            f"W01-{number}",
            (VisitData("V1", "1", (FormData("vital_signs", "1", (group, *reading)),)),),
        )
        for number, (group, reading) in enumerate(found)
    ]
    root = read(odm_bytes(study, snapshot(study, *participants), file_type=file_type))
    cdisc_schema.assertValid(root)
    written = [
        data for person in found for group in (person[0], *person[1]) for data in group.items
    ]
    kept = [
        step
        for data in written
        for step in (*(data.history if file_type is FileType.TRANSACTIONAL else ()), data.current)
    ]
    nodes = find(root, "//o:ItemData")
    assert len(nodes) == len(kept)
    for node, step in zip(nodes, kept, strict=True):
        if isinstance(step.answer, Missing):
            assert node.get("IsNull") == "Yes"
            assert node.get("Value") is None
            assert ("MISSING", step.answer.reason) in flags(node)
        elif isinstance(step.answer, Decimal):
            assert Decimal(node.get("Value")) == step.answer
        elif isinstance(step.answer, str) and ("TEXT", "CONTROL_CHARACTERS") not in flags(node):
            assert node.get("Value") == step.answer
        assert node.findtext("o:AuditRecord/o:SourceID", namespaces=NS) == step.audit.entry


def test_flags_explain_themselves_in_both_languages(study):
    root = read(odm_bytes(study, everything(study)))
    choice = one(root, "//o:CodeList[@OID='CLX_MISSING']/o:CodeListItem[@CodedValue='NOT_DONE']")
    assert find(choice, "o:Decode/o:TranslatedText/text()") == ["not done", "nie wykonano"]
    decodes = find(root, "//o:CodeList[starts-with(@OID, 'CLX_')]//o:TranslatedText/text()")
    assert all(decodes)
