"""The whole study as ODM, from a real record, against the schema that odmlib ships."""

from pathlib import Path

import odmlib
import pytest
from lxml import etree
from tests.visit_day import VISIT

from msclinic.domain.errors import KnownFault
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.exporting import clinical_snapshot, export_odm
from msclinic.services.session import Refused

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    return etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))


@pytest.fixture
def exported(day, tmp_path):
    clinic, _ = day

    def writing(account: str = "CRC-01") -> etree._ElementTree:
        export_odm(clinic.session(account), tmp_path / "export.xml")
        return etree.parse(tmp_path / "export.xml")

    return writing


def test_the_export_is_valid_odm(exported, schema):
    schema.assertValid(exported())


def test_every_participant_visit_and_form_is_in_it(exported, day):
    clinic, _ = day
    clinic.enrol(8)
    tree = exported("PI-01")
    subjects = [one.get("SubjectKey") for one in tree.iter(f"{ODM}SubjectData")]
    assert subjects == ["PL01-007", "PL01-008"]
    visits = [one.get("StudyEventOID") for one in tree.iter(f"{ODM}StudyEventData")]
    assert visits == ["SE_SCR", "SE_V1", "SE_LOG", "SE_SCR"]
    forms = {one.get("FormOID") for one in tree.iter(f"{ODM}FormData")}
    assert {"F_edss", "F_vital_signs", "F_fit_to_dose", "F_bedside_check"} <= forms
    readings = [
        one
        for one in tree.iter(f"{ODM}ItemGroupData")
        if one.get("ItemGroupOID") == "IG_vital_signs__reading"
    ]
    assert len(readings) == 7


@pytest.mark.requirement("R-AUD-1", "R-DAT-9")
def test_every_value_says_who_and_when_and_signatures_are_there(exported):
    tree = exported()
    items = list(tree.iter(f"{ODM}ItemData"))
    assert items
    assert all(item.find(f"{ODM}AuditRecord") is not None for item in items)
    signed = {one.get("SignatureOID") for one in tree.iter(f"{ODM}SignatureRef")}
    assert {"SIG_G1", "SIG_G2", "SIG_G3", "SIG_exam"} <= signed


def test_a_missing_answer_is_null_with_its_reason(exported):
    tree = exported()
    (missing,) = [
        item
        for item in tree.iter(f"{ODM}ItemData")
        if item.get("ItemOID") == "I_vital_signs__CONSCIOUSNESS" and item.get("IsNull") == "Yes"
    ]
    assert missing.findtext(f".//{ODM}FlagValue") == "NOT_DONE"


def test_the_preparer_is_a_role_and_no_account_for_masked_staff(exported):
    text = etree.tostring(exported("DM-01")).decode()
    assert "PREP-0" not in text
    assert "U_PREP_x2D_0" not in text
    assert "PREP_x2D_01" not in text
    assert "SIG_G2" in text


def test_an_answer_that_no_longer_applies_is_left_out(exported, day):
    clinic, participant = day
    crc = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    crc.answer(crc.ref("ALLERGY"), Code("NONE"))
    items = {item.get("ItemOID") for item in exported().iter(f"{ODM}ItemData")}
    assert "I_demography__ALLERGY" in items
    assert "I_demography__ALLERGY_TEXT" not in items


def test_the_export_is_recorded_and_no_half_file_stays(exported, day, tmp_path):
    exported()
    clinic, _ = day
    with clinic.session("CRC-01").store.read() as reader:
        assert len(list(reader.entries("exported"))) == 1
    assert [path.name for path in tmp_path.glob("export*")] == ["export.xml"]


@pytest.mark.parametrize("account", ["RAT-02", "NUR-04", "PREP-01", "MON-01"])
def test_a_role_without_the_right_is_refused(day, tmp_path, account):
    clinic, _ = day
    with pytest.raises(Refused):
        export_odm(clinic.session(account), tmp_path / "x.xml")
    with clinic.session(account).store.read() as reader, pytest.raises(Refused):
        clinical_snapshot(clinic.session(account), reader)
    assert not (tmp_path / "x.xml").exists()


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_recorded(day, tmp_path):
    clinic, _ = day
    session = clinic.session("CRC-01")
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownFault):
        export_odm(session, tmp_path / "file" / "x.xml")
    with session.store.read() as reader:
        assert list(reader.entries("exported")) == []


def test_the_visit_stands_under_the_code_of_the_study(exported):
    assert f"SE_{VISIT}" in {
        one.get("StudyEventOID") for one in exported().iter(f"{ODM}StudyEventData")
    }
