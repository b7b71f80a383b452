"""Study and AdminData of an ODM file: the definitions, in every language of the study.

Definitions are written as they are; CEL expressions travel as ``FormalExpression`` and are never
rewritten into another language. No person's name is written.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msclinic.exchange.odm_expression import limits, resolved
from msclinic.exchange.odm_flags import FlagCodelist, flag_codelists
from msclinic.exchange.odm_index import (
    StudyIndex,
    exportable_forms,
    location_oid,
    software_oid,
    user_oid,
)
from msclinic.exchange.odm_model import ClinicalSnapshot
from msclinic.exchange.odm_text import XML_LANG, child, element, oid, safe, tag
from msclinic.forms.definitions import (
    CheckDefinition,
    Codelist,
    FormDefinition,
    ItemDefinition,
    ItemGroupDefinition,
    Text,
)
from msclinic.forms.expressions import Expression
from msclinic.study.model import Study, Visit

__all__ = ["write_admin", "write_study"]

Settings = Mapping[str, Decimal | int | str | bool]

CEL = "CEL"
DATA_TYPES = {
    "text": "text",
    "integer": "integer",
    "decimal": "float",
    "code": "text",
    "codes": "text",
    "date": "date",
    "partial_date": "partialDate",
    "datetime": "datetime",
}
EVENT_TYPES = {
    "scheduled": "Scheduled",
    "call": "Scheduled",
    "common": "Common",
    "unscheduled": "Unscheduled",
}
ALIAS_CONTEXTS = {
    "code": "nci:ExtCodeID",
    "loinc": "LOINC",
    "variable": "SDTM",
    "test": "SDTM TESTCD",
}


def write_study(xml: Any, study: Study, index: StudyIndex) -> None:
    """Write ``Study`` with its units and one ``MetaDataVersion``.

    Args:
        xml: The open ``lxml.etree.xmlfile``.
        study: The study.
        index: Its identifiers.
    """
    with xml.element(tag("Study"), {"OID": index.study_oid}):
        names = element("GlobalVariables")
        child(names, "StudyName", text=study.label.text("en"))
        child(names, "StudyDescription", text=study.title.text("en"))
        child(names, "ProtocolName", text=study.oid)
        xml.write(names)
        forms = exportable_forms(study)
        if index.units:
            xml.write(_units(study, index))
        attributes = {
            "OID": index.version_oid,
            "Name": f"{study.label.text('en')} {study.version_label}",
        }
        with xml.element(tag("MetaDataVersion"), attributes):
            _definitions(xml, study, index, forms)


def write_admin(xml: Any, snapshot: ClinicalSnapshot, index: StudyIndex) -> None:
    """Write ``AdminData``: accounts by id and role, program versions, the site, meanings."""
    admin = element("AdminData", {"StudyOID": index.study_oid})
    for user in snapshot.users:
        attributes = {"OID": user_oid(user.account, user.role), "UserType": user.user_type}
        child(child(admin, "User", attributes), "DisplayName", text=user.role)
    for version in snapshot.software:
        made = child(admin, "User", {"OID": software_oid(version), "UserType": "Other"})
        child(made, "DisplayName", text=f"msclinic {version}")
    site = snapshot.site
    location = child(
        admin,
        "Location",
        {
            "OID": location_oid(site.code),
            "Name": safe(site.name, "the site's name"),
            "LocationType": "Site",
        },
    )
    child(
        location,
        "MetaDataVersionRef",
        {
            "StudyOID": index.study_oid,
            "MetaDataVersionOID": index.version_oid,
            "EffectiveDate": site.effective_from.isoformat(),
        },
    )
    for meaning in snapshot.meanings:
        made = child(
            admin, "SignatureDef", {"OID": oid("SIG", meaning.code), "Methodology": "Digital"}
        )
        child(made, "Meaning", text=meaning.meaning)
        child(made, "LegalReason", text=meaning.legal_reason)
    xml.write(admin)


def _units(study: Study, index: StudyIndex) -> Any:
    made = element("BasicDefinitions")
    for unit in sorted(index.units):
        measure = child(made, "MeasurementUnit", {"OID": oid("MU", unit), "Name": unit})
        _translated(child(measure, "Symbol"), study.units.get(unit) or Text({"en": unit}))
        child(measure, "Alias", {"Context": "UCUM", "Name": unit})
    return made


def _definitions(
    xml: Any, study: Study, index: StudyIndex, forms: tuple[FormDefinition, ...]
) -> None:
    settings = {setting.key: setting.value for setting in study.settings.values()}
    visits = sorted(study.visits, key=lambda visit: visit.order)
    protocol = element("Protocol")
    _translated(child(protocol, "Description"), study.title)
    for visit in visits:
        planned = EVENT_TYPES[visit.kind] == "Scheduled"
        child(
            protocol,
            "StudyEventRef",
            {
                "StudyEventOID": oid("SE", visit.code),
                "OrderNumber": str(visit.order),
                "Mandatory": "Yes" if planned else "No",
            },
        )
    for registry, identifier in sorted(study.registry.items()):
        _alias(protocol, registry, identifier)
    xml.write(protocol)
    for visit in visits:
        xml.write(_visit(visit, index))
    groups = [(form, group) for form in forms for group in form.item_groups]
    items = [(form, item) for form, group in groups for item in group.items]
    for form in forms:
        xml.write(_form(form))
    for form, group in groups:
        xml.write(_group(form, group))
    for form, item in items:
        xml.write(_item(form, item, settings))
    for codelist in study.codelists.values():
        xml.write(_codelist(codelist))
    for flags in flag_codelists(study.languages, index.checks):
        xml.write(_flag_codelist(flags))
    for form, group in groups:
        if group.relevant is not None:
            condition = oid("CG", form.oid, group.oid)
            xml.write(_condition(condition, group.oid, group.title, group.relevant, settings))
    for form, item in items:
        if item.relevant is not None:
            condition = oid("C", form.oid, item.oid)
            xml.write(_condition(condition, item.oid, item.label, item.relevant, settings))
    for form, item in items:
        if item.calculation is not None:
            made = element(
                "MethodDef",
                {"OID": oid("M", form.oid, item.oid), "Name": item.oid, "Type": "Computation"},
            )
            _translated(child(made, "Description"), item.label)
            _expression(made, resolved(item.calculation.source, settings))
            xml.write(made)


def _visit(visit: Visit, index: StudyIndex) -> Any:
    made = element(
        "StudyEventDef",
        {
            "OID": oid("SE", visit.code),
            "Name": visit.title.text("en"),
            "Repeating": _yes(visit.repeating),
            "Type": EVENT_TYPES[visit.kind],
            "Category": visit.kind,
        },
    )
    _translated(child(made, "Description"), visit.title)
    forms = [planned for planned in visit.forms if planned.form in index.forms]
    for number, planned in enumerate(forms, start=1):
        child(
            made,
            "FormRef",
            {
                "FormOID": oid("F", planned.form),
                "OrderNumber": str(number),
                "Mandatory": _yes(planned.required),
            },
        )
    if visit.target_day is not None:
        _alias(made, "target_day", str(visit.target_day))
    if visit.window is not None:
        _alias(made, "window", f"{visit.window[0]} {visit.window[1]}")
    return made


def _form(form: FormDefinition) -> Any:
    made = element(
        "FormDef",
        {
            "OID": oid("F", form.oid),
            "Name": form.title.text("en"),
            "Repeating": _yes(form.repeating),
        },
    )
    _translated(child(made, "Description"), form.title)
    for number, group in enumerate(form.item_groups, start=1):
        condition = oid("CG", form.oid, group.oid) if group.relevant is not None else None
        child(
            made,
            "ItemGroupRef",
            {
                "ItemGroupOID": oid("IG", form.oid, group.oid),
                "OrderNumber": str(number),
                "Mandatory": _yes(group.relevant is None and not group.repeating),
                "CollectionExceptionConditionOID": condition,
            },
        )
    return made


def _group(form: FormDefinition, group: ItemGroupDefinition) -> Any:
    made = element(
        "ItemGroupDef",
        {
            "OID": oid("IG", form.oid, group.oid),
            "Name": group.title.text("en"),
            "Repeating": _yes(group.repeating),
            "Domain": form.domain or None,
        },
    )
    _translated(child(made, "Description"), group.title)
    for number, item in enumerate(group.items, start=1):
        names = (form.oid, item.oid)
        child(
            made,
            "ItemRef",
            {
                "ItemOID": oid("I", *names),
                "OrderNumber": str(number),
                "Mandatory": _yes(item.required is True),
                "MethodOID": oid("M", *names) if item.calculation is not None else None,
                "CollectionExceptionConditionOID": (
                    oid("C", *names) if item.relevant is not None else None
                ),
            },
        )
    return made


def _item(form: FormDefinition, item: ItemDefinition, settings: Settings) -> Any:
    codes = item.codelist.codes if item.codelist and item.type == "code" else ()
    made = element(
        "ItemDef",
        {
            "OID": oid("I", form.oid, item.oid),
            "Name": item.oid,
            "DataType": DATA_TYPES[item.type],
            "Length": str(max(map(len, codes))) if codes else None,
            "SignificantDigits": str(item.decimals) if item.decimals is not None else None,
            "Origin": "Derived" if item.computed else "CRF",
        },
    )
    if item.hint is not None:
        _translated(child(made, "Description"), item.hint)
    _translated(child(made, "Question"), item.label)
    if item.unit:
        child(made, "MeasurementUnitRef", {"MeasurementUnitOID": oid("MU", item.unit)})
    for check in item.checks:
        _range_checks(made, item, check, settings)
    if item.codelist and item.type == "code":
        child(made, "CodeListRef", {"CodeListOID": oid("CL", item.codelist.oid)})
    for context, name in _aliases(item, settings).items():
        _alias(made, context, name)
    return made


def _aliases(item: ItemDefinition, settings: Settings) -> Mapping[str, str]:
    found = {ALIAS_CONTEXTS.get(key, key): value for key, value in item.cdisc.items()}
    if item.codelist and item.type == "codes":
        found["choices"] = oid("CL", item.codelist.oid)
    if isinstance(item.required, Expression):
        found["required"] = resolved(item.required.source, settings)
    found["missing"] = " ".join(item.missing)
    return found


def _range_checks(
    made: Any, item: ItemDefinition, check: CheckDefinition, settings: Settings
) -> None:
    """A check as limits where it is that simple, otherwise as its expression.

    ``info`` and ``alert`` ask for no other value, so they are none.
    """
    if check.kind in ("info", "alert"):
        return
    strength = "Hard" if check.kind == "impossible" else "Soft"
    expression = resolved(check.assertion.source, settings)
    plain = limits(item.oid, expression)
    for comparator, limit in plain:
        found = child(made, "RangeCheck", {"Comparator": comparator, "SoftHard": strength})
        child(found, "CheckValue", text=limit)
        if item.unit:
            child(found, "MeasurementUnitRef", {"MeasurementUnitOID": oid("MU", item.unit)})
        _translated(child(found, "ErrorMessage"), check.message)
    if not plain:
        found = child(made, "RangeCheck", {"SoftHard": strength})
        _expression(found, expression)
        _translated(child(found, "ErrorMessage"), check.message)


def _codelist(codelist: Codelist) -> Any:
    name = codelist.title.text("en") if codelist.title else codelist.oid
    made = element("CodeList", {"OID": oid("CL", codelist.oid), "Name": name, "DataType": "text"})
    if codelist.title:
        _translated(child(made, "Description"), codelist.title)
    for number, choice in enumerate(codelist.items, start=1):
        entry = child(made, "CodeListItem", {"CodedValue": choice.code, "OrderNumber": str(number)})
        _translated(child(entry, "Decode"), choice.label)
        if choice.cdisc:
            _alias(entry, "nci:ExtCodeID", choice.cdisc)
    if codelist.cdisc:
        _alias(made, "nci:ExtCodeID", codelist.cdisc)
    return made


def _flag_codelist(flags: FlagCodelist) -> Any:
    made = element("CodeList", {"OID": flags.oid, "Name": flags.name, "DataType": "text"})
    for code, words in flags.choices:
        entry = child(made, "CodeListItem", {"CodedValue": code})
        _translated(child(entry, "Decode"), Text(dict(words)))
    return made


def _condition(
    condition: str, name: str, label: Text, relevant: Expression, settings: Settings
) -> Any:
    """When it is *not* collected: ODM's condition is the exception, ours is the rule."""
    made = element("ConditionDef", {"OID": condition, "Name": name})
    _translated(child(made, "Description"), label)
    _expression(made, f"!({resolved(relevant.source, settings)})")
    return made


def _expression(parent: Any, source: str) -> None:
    child(parent, "FormalExpression", {"Context": CEL}, source)


def _alias(parent: Any, context: str, name: str) -> None:
    child(parent, "Alias", {"Context": context, "Name": name})


def _translated(parent: Any, text: Text) -> None:
    for language, words in sorted(text.by_language.items()):
        child(parent, "TranslatedText", {XML_LANG: language}, words)


def _yes(fact: bool) -> str:
    return "Yes" if fact else "No"
