"""The export of a clinic in which every form of the study was filled in once."""

import re
from collections.abc import Iterator
from pathlib import Path

import odmlib
import pytest
from lxml import etree
from tests.clinic import PASSWORDS, Clinic, copy_clinic
from tests.every_form import STAFF, fill_every_form
from tests.lives import day_of

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.exporting import export_odm
from msclinic.services.life import rescreen, screen_failure, undo
from msclinic.services.session import Refused
from msclinic.study.model import Study

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
PHY = "PHY-01"
GUESS = "MG_GUESS"
EXPORTERS = ("PI-01", "CRC-01", "DM-01")


@pytest.fixture(scope="module")
def filled(clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    clinic = copy_clinic(clinic_template, tmp_path_factory.mktemp("filled") / "home")
    fill_every_form(clinic, clinic.enrol(1))
    # The nurse's guess is all that there is of the second participant's last visit.
    guess = FormEntry(clinic.session("NUR-04"), clinic.enrol(2), "V5", "mask_guess", "1", "a1")
    guess.answer_together([(guess.ref("MG_GUESS"), Code("ACTIVE"))])
    yield clinic
    clinic.close()


@pytest.fixture(scope="module")
def study(filled: Clinic) -> Study:
    return filled.session("PI-01").study


@pytest.fixture(scope="module")
def exports(filled: Clinic, tmp_path_factory: pytest.TempPathFactory) -> dict[str, etree._Element]:
    folder = tmp_path_factory.mktemp("exports")
    return {account: exported(filled, account, folder) for account in EXPORTERS}


def exported(clinic: Clinic, account: str, folder: Path) -> etree._Element:
    out = folder / f"{account}.xml"
    export_odm(clinic.session(account), out)
    return etree.parse(out).getroot()


def oids(tree: etree._Element, name: str, attribute: str = "OID") -> set[str]:
    return {one.attrib[attribute] for one in tree.iter(f"{ODM}{name}")}


def aliases(element: etree._Element) -> dict[str, str]:
    return {one.attrib["Context"]: one.attrib["Name"] for one in element.findall(f"{ODM}Alias")}


@pytest.mark.requirement("R-DAT-10")
def test_it_is_valid_odm_for_every_role_that_may_export(exports):
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    schema = etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))
    for tree in exports.values():
        schema.assertValid(tree)


@pytest.mark.requirement("R-DAT-9")
def test_every_form_has_its_definition_and_data_where_the_role_reads_it(exports, study):
    whole = {f"F_{oid}" for oid in study.forms}
    for tree in exports.values():
        assert oids(tree, "FormDef") == whole
    data = {account: oids(tree, "FormData", "FormOID") for account, tree in exports.items()}
    for account in ("PI-01", "DM-01"):
        assert whole - data[account] == {"F_restricted_results"}
    assert whole - data["CRC-01"] == {"F_restricted_results", "F_mask_guess"}


@pytest.mark.requirement("R-BLD-1", "R-BLD-6")
def test_results_that_reveal_the_arm_were_recorded_and_are_in_no_export(filled, exports):
    with filled.session("PI-01").store.read() as reader:
        assert reader.heads(form="restricted_results")
    for tree in exports.values():
        assert "F_restricted_results" not in oids(tree, "FormData", "FormOID")


def test_a_guess_of_the_arm_goes_to_its_giver_and_to_the_data_manager(filled, exports):
    with filled.session("PI-01").store.read() as reader:
        given = {head.actor: head.entry for head in reader.heads(form="mask_guess", item=GUESS)}
    assert set(given) == {"PI-01", "NUR-04"}
    found = {
        account: {
            source.text
            for one in tree.iter(f"{ODM}ItemData")
            if one.attrib["ItemOID"] == f"I_mask_guess__{GUESS}"
            for source in one.iter(f"{ODM}SourceID")
        }
        for account, tree in exports.items()
    }
    assert found == {
        "PI-01": {given["PI-01"]},
        "CRC-01": set(),
        "DM-01": set(given.values()),
    }


def test_a_visit_begun_with_somebodys_guess_alone_appears_for_the_data_manager_only(exports):
    def last_visits(tree: etree._Element) -> int:
        (person,) = (
            one for one in tree.iter(f"{ODM}SubjectData") if one.attrib["SubjectKey"] == "PL01-002"
        )
        visits = person.iter(f"{ODM}StudyEventData")
        return sum(one.attrib["StudyEventOID"] == "SE_V5" for one in visits)

    assert {account: last_visits(tree) for account, tree in exports.items()} == {
        "PI-01": 0,
        "CRC-01": 0,
        "DM-01": 1,
    }


@pytest.mark.parametrize("account", sorted(set(STAFF) - set(EXPORTERS)))
def test_every_other_role_is_refused_and_no_file_stays(filled, tmp_path, account):
    with pytest.raises(Refused):
        export_odm(filled.session(account), tmp_path / "x.xml")
    assert list(tmp_path.iterdir()) == []


def test_only_a_right_of_its_own_opens_the_guesses_of_others(study):
    assert {code for code in study.roles if study.may(code, "export", "mask_guess")} == {"DM"}


def test_every_identifier_is_of_letters_digits_and_underscores(exports):
    for tree in exports.values():
        for element in tree.iter():
            for name, value in element.attrib.items():
                if name.endswith("OID"):
                    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value), (name, value)


def test_codelists_and_their_choices_carry_the_codes_that_cdisc_gave_them(exports, study):
    lists = {one.attrib["OID"]: one for one in exports["PI-01"].iter(f"{ODM}CodeList")}
    coded = [one for one in study.codelists.values() if one.cdisc]
    assert coded
    for codelist in coded:
        found = lists[f"CL_{codelist.oid}"]
        assert aliases(found)["nci:ExtCodeID"] == codelist.cdisc
        choices = {
            one.attrib["CodedValue"]: aliases(one).get("nci:ExtCodeID")
            for one in found.findall(f"{ODM}CodeListItem")
        }
        assert choices == {one.code: one.cdisc or None for one in codelist.items}


def test_results_of_the_laboratory_carry_loinc_and_every_unit_is_ucum(exports, study):
    tree = exports["PI-01"]
    aliased = {one.attrib["OID"]: aliases(one) for one in tree.iter(f"{ODM}ItemDef")}
    items = {
        f"I_{form.oid}__{item.oid}": item
        for form in study.forms.values()
        for group in form.item_groups
        for item in group.items
    }
    results = {oid for oid in items if re.fullmatch("I_lab_safety__.*_LBORRES", oid)}
    coded = {oid: one.cdisc["loinc"] for oid, one in items.items() if "loinc" in one.cdisc}
    assert results
    assert results <= coded.keys()
    assert {oid: one["LOINC"] for oid, one in aliased.items() if "LOINC" in one} == coded
    units = {one.unit for one in items.values() if one.unit}
    assert {aliases(one)["UCUM"] for one in tree.iter(f"{ODM}MeasurementUnit")} == units


def test_repeats_of_forms_and_groups_keep_their_keys(exports, study):
    forms = {f"F_{form.oid}": form for form in study.forms.values()}
    for data in exports["PI-01"].iter(f"{ODM}FormData"):
        form = forms[data.attrib["FormOID"]]
        assert ("FormRepeatKey" in data.attrib) == form.repeating
        for group in data.findall(f"{ODM}ItemGroupData"):
            oid = group.attrib["ItemGroupOID"].removeprefix(f"IG_{form.oid}__")
            assert ("ItemGroupRepeatKey" in group.attrib) == form.item_group(oid).repeating


def rescreened(clinic: Clinic) -> tuple[str, str, str]:
    """A screen failure, screened again under the number 5; gives both records and the link."""
    session, today = clinic.session(PHY), day_of(clinic)
    old = clinic.enrol(2)
    screen_failure(session, old, today, "WINDOW", PASSWORDS[PHY])
    new = rescreen(session, old, 5, today, "MRI was late", PASSWORDS[PHY])
    clinic.consent(session, new, "SCR", today)
    with session.store.read() as reader:
        (link,) = reader.heads(participant=new, form="rescreening", item="EARLIER_CODE")
    return old, new, link.path.rsplit("/", 3)[0]


def subjects(tree: etree._Element) -> dict[str, list[tuple[str, str | None]]]:
    return {
        one.attrib["SubjectKey"]: [
            (visit.attrib["StudyEventOID"], visit.get("StudyEventRepeatKey"))
            for visit in one.findall(f"{ODM}StudyEventData")
        ]
        for one in tree.iter(f"{ODM}SubjectData")
    }


def test_who_is_screened_again_keeps_the_first_code_and_both_screenings(clinic, tmp_path):
    rescreened(clinic)
    clinic.enrol(3)
    found = subjects(exported(clinic, "CRC-01", tmp_path))
    again = [("SE_SCR", "PL01-005"), ("SE_LOG", "PL01-005")]
    assert found == {
        "PL01-002": [("SE_SCR", None), ("SE_LOG", None), *again],
        "PL01-003": [("SE_SCR", None)],
    }


def test_a_rescreening_taken_back_leaves_two_persons_in_the_export(clinic, tmp_path):
    _, new, scope = rescreened(clinic)
    undo(clinic.session(PHY), new, scope, "another person", PASSWORDS[PHY])
    found = subjects(exported(clinic, "CRC-01", tmp_path))
    assert set(found) == {"PL01-002", "PL01-005"}
    assert found["PL01-005"] == [("SE_SCR", None), ("SE_LOG", None)]
