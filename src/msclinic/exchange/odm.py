"""Writes ODM-XML 1.3.2: one study, its definitions, its data with audit records and signatures.

Equal inputs give equal bytes; the file's id and time of creation come in as arguments. It is
streamed, one item at a time, and never holds the name or the full birth date of a person.
"""

from datetime import datetime
from typing import BinaryIO

from lxml import etree

from msclinic.exchange.odm_data import DataWriter
from msclinic.exchange.odm_extension import EXTENSION_NAMESPACE
from msclinic.exchange.odm_index import People, StudyIndex
from msclinic.exchange.odm_metadata import write_admin, write_study
from msclinic.exchange.odm_model import ClinicalSnapshot, FileContent, FileType
from msclinic.exchange.odm_text import ODM_NAMESPACE, OdmMistake, moment_text, safe, tag
from msclinic.study.model import Study

__all__ = ["OdmMistake", "write_odm"]


def write_odm(
    study: Study,
    snapshot: ClinicalSnapshot,
    out: BinaryIO,
    *,
    file_oid: str,
    created_at: datetime,
    file_type: FileType = FileType.SNAPSHOT,
    content: FileContent = FileContent.ALL,
    extended: bool = False,
) -> None:
    """Write one ODM file.

    Args:
        study: The study in force at the snapshot's position.
        snapshot: What the file says; its participants are read while writing.
        out: Where the bytes go; it is left open.
        file_oid: ODM's ``FileOID``, unique for each file.
        created_at: ODM's ``CreationDateTime``.
        file_type: What holds now, or every change in its order.
        content: Everything, only definitions and users, or only the data.
        extended: Also write the attributes of the extension namespace.

    Raises:
        OdmMistake: Snapshot and study do not fit; what was written until then is no file.
    """
    if snapshot.study_version != study.version:
        raise OdmMistake("the snapshot was taken under another version of the study")
    index = StudyIndex.of(study)
    names: dict[str | None, str] = {None: ODM_NAMESPACE}
    if extended:
        names["msc"] = EXTENSION_NAMESPACE
    head = {
        "Description": f"journal position {snapshot.journal_position}",
        "FileType": file_type.value,
        "Granularity": content.value,
        "FileOID": safe(file_oid, "the file's id"),
        "CreationDateTime": moment_text(created_at),
        "AsOfDateTime": moment_text(snapshot.created_at),
        "ODMVersion": "1.3.2",
        "SourceSystem": "msclinic",
        "SourceSystemVersion": snapshot.app_version,
    }
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element(tag("ODM"), head, nsmap=names):
            if content is not FileContent.DATA:
                write_study(xml, study, index)
                write_admin(xml, snapshot, index)
            if content is not FileContent.METADATA:
                people = People.of(snapshot)
                writer = DataWriter(xml, index, people, file_type, extended=extended)
                writer.write(snapshot.participants)
