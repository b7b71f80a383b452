"""Queries leave with the data they are about, as valid ODM, where the role may see them."""

from pathlib import Path

import odmlib
import pytest
from lxml import etree
from tests.clinic import COST, Clinic

from msclinic.domain.queries import OPEN
from msclinic.services.entry import FormEntry
from msclinic.services.exporting import export_odm
from msclinic.services.gateway import recording
from msclinic.services.people import open_account
from msclinic.services.queries import raise_query, say
from msclinic.services.sign_in import join

ODM = {"o": "http://www.cdisc.org/ns/odm/v1.3"}
ITEM = "//o:ItemData[@ItemOID='I_demography__SEX']/o:Annotation"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    return etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))


def export(clinic: Clinic, folder: Path, account: str = "DM-01") -> etree._ElementTree:
    export_odm(clinic.session(account), folder / "export.xml")
    return etree.parse(folder / "export.xml")


def flags(annotation: etree._Element) -> list[tuple[str, str]]:
    return [
        (one.findtext("o:FlagType", namespaces=ODM), one.findtext("o:FlagValue", namespaces=ODM))
        for one in annotation.iterfind("o:Flag", namespaces=ODM)
    ]


@pytest.mark.requirement("R-DAT-2", "R-DAT-7")
def test_a_query_stands_beside_its_item_with_every_message(
    clinic: Clinic, tmp_path: Path, schema: etree.XMLSchema
) -> None:
    participant = clinic.enrol(1)
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    scope = entry.path(entry.ref("SEX"))
    key = raise_query(clinic.session("MON-01"), participant, scope, "Sure?")
    say(clinic.session("CRC-01"), participant, key, "answer", "Sure <&>.")
    tree = export(clinic, tmp_path)
    schema.assertValid(tree)
    asked, answered = tree.xpath(ITEM, namespaces=ODM)
    assert flags(asked) == [("QUERY", "ASKED")]
    assert flags(answered) == [("QUERY", "ANSWERED"), ("QUERY_STATUS", "ANSWERED")]
    (first,), (second,) = (one.xpath("o:Comment", namespaces=ODM) for one in (asked, answered))
    assert (first.get("SponsorOrSite"), second.get("SponsorOrSite")) == ("Sponsor", "Site")
    assert first.text.startswith(f"query/{key} {scope} 2026-11-23T09:30:00.000+01:00 U_")
    assert first.text.endswith(": Sure?")
    assert second.text.endswith(": Sure <&>.")


def test_a_query_without_an_answer_beneath_it_stands_on_the_form_or_the_participant(
    clinic: Clinic, tmp_path: Path, schema: etree.XMLSchema
) -> None:
    participant = clinic.enrol(1)
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    entry.add_repeat("reading")
    monitor = clinic.session("MON-01")
    raise_query(monitor, participant, entry.path(entry.ref("WEIGHT")), "Why none?")
    raise_query(monitor, participant, "SCR/1/ms_history/1", "When?")
    tree = export(clinic, tmp_path)
    schema.assertValid(tree)
    (form,) = tree.xpath("//o:FormData[@FormOID='F_vital_signs']", namespaces=ODM)
    texts = form.xpath("o:Annotation/o:Comment/text()", namespaces=ODM)
    assert [text.rpartition(": ")[2] for text in texts] == ["Why none?"]
    above = tree.xpath("//o:SubjectData/o:Annotation/o:Comment/text()", namespaces=ODM)
    assert [text.rpartition(": ")[2] for text in above] == ["When?"]


@pytest.mark.requirement("R-BLD-1", "R-BLD-6")
def test_no_masked_file_holds_a_query_on_restricted_results(clinic: Clinic, tmp_path: Path) -> None:
    participant = clinic.enrol(1)
    pi = clinic.session("PI-01")
    open_account(clinic.session("ADMIN-01"), "LABU-01", "LABU", "a key long enough", pi, COST)
    lab = join(pi, "LABU-01", "a key long enough")
    entry = FormEntry(lab, participant, "V2", "restricted_results")
    entry.answer(entry.ref("ISREFID"), "R-1")
    words = "planted-marker"
    value = {
        "type": "query",
        "value": OPEN,
        "scope": entry.path(entry.ref("ISREFID")),
        "side": "program",
        "words": {"en": words},
    }
    with recording(lab) as act:
        act.set("query_raised", f"query/{'b' * 32}", value, participant=participant)
    for account in ("DM-01", "PI-01", "CRC-01"):
        text = etree.tostring(export(clinic, tmp_path, account)).decode()
        assert words not in text
        assert "b" * 32 not in text
