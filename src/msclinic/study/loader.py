"""A study folder, or the content kept in the store, read into a Study.

Everything is checked before anything is returned; no part of a study opens alone.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from msclinic.domain.laboratory import NO_LABORATORIES, Laboratories
from msclinic.forms.definitions import (
    ITEM_TYPES,
    Codelist,
    CodelistItem,
    ContextVariable,
    FormDefinition,
    Text,
)
from msclinic.study.content import pack, read_folder, unpack, version_of
from msclinic.study.form_loader import Known, context_types, load_form
from msclinic.study.instruments import instruments_whole
from msclinic.study.laboratories import FILE as LABORATORIES
from msclinic.study.laboratories import load_laboratories
from msclinic.study.licensed_wording import FOLDER, worded
from msclinic.study.masking import masking_kept
from msclinic.study.mistakes import Mistake, StudyMistakes
from msclinic.study.model import Setting, Study, Visit
from msclinic.study.needs import settings_fit
from msclinic.study.reader import CODE, KEY, OID, Place, Reader, read_yaml, unique
from msclinic.study.schedule_loader import (
    load_meanings,
    load_roles,
    load_visits,
    revealing_forms_stay_hidden,
    rights_agree,
)

__all__ = ["LANGUAGES", "load_study", "study_from_content"]

LANGUAGES = ("en", "pl")
_FILES = ("study.yaml", "visits.yaml", "codelists.yaml", "units.yaml", "rights.yaml")


def load_study(folder: Path) -> Study:
    """Read and check a study folder.

    Raises:
        StudyMistakes: The study has mistakes; all of them are listed.
    """
    return _load(read_folder(folder))


def study_from_content(content: bytes) -> Study:
    """Open the content of a study as the store keeps it.

    Raises:
        ValueError: The bytes are no content of a study.
        StudyMistakes: This program cannot read that study any more.
    """
    return _load(unpack(content))


def _load(texts: Mapping[str, str]) -> Study:
    loader = _Loader(texts)
    study = loader.load()
    if loader.mistakes or study is None:
        raise StudyMistakes(loader.mistakes)
    return study


class _Loader:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.mistakes: list[Mistake] = []
        self._languages: tuple[str, ...] = ("en",)
        self._places: dict[str, Place] = {}

    def load(self) -> Study | None:
        form_files = sorted(
            path for path in self._texts if path.startswith("forms/") and path.count("/") == 1
        )
        wording_files = sorted(
            path for path in self._texts if path.startswith(FOLDER) and path.count("/") == 1
        )
        for path in self._texts:
            if path not in (*_FILES, LABORATORIES, *form_files, *wording_files):
                self._note(path, "UNKNOWN_FILE", "this file is no part of a study")
        for path in _FILES:
            if path not in self._texts:
                self._note(path, "MISSING_FILE", f"a study needs the file {path}")
        self._read_all()
        # What follows from a file that cannot be read would only hide why.
        if any(mistake.code in ("MISSING_FILE", "YAML_SYNTAX") for mistake in self.mistakes):
            return None
        self._choose_languages()
        codelists = self._codelists()
        units = self._units()
        laboratories = self._laboratories(units, codelists)
        head = self._head(codelists)
        rights = self._reader("rights.yaml")
        place = self._read(rights)
        keys = rights.mapping(place, "rights.yaml", ("roles", "meanings")) if place else {}
        roles = load_roles(rights, keys.get("roles"))
        meanings = load_meanings(rights, keys.get("meanings"), frozenset(roles))
        known = Known(
            settings={key: setting.value for key, setting in head.settings.items()},
            codelists=codelists,
            units=units,
            roles=frozenset(roles),
            meanings=frozenset(meanings),
            context=context_types(head.context),
            laboratories=laboratories,
            panels=frozenset(head.panels),
        )
        forms = self._worded(self._forms(form_files, known), wording_files)
        visits = self._visits(frozenset(self._form_names(form_files)), known.roles)
        settings_fit(self._reader("study.yaml"), head.settings, head.lines, forms, visits)
        revealing_forms_stay_hidden(rights, keys.get("roles"), roles, forms)
        masking_kept(rights, keys.get("roles"), roles, forms)
        rights_agree(
            rights,
            keys.get("roles"),
            roles,
            meanings,
            frozenset(self._form_names(form_files)),
            frozenset(visit.code for visit in visits),
        )
        if self.mistakes:
            return None
        content = pack(self._texts)
        return Study(
            oid=head.oid,
            label=head.label,
            title=head.title,
            version_label=head.version,
            registry=head.registry,
            languages=self._languages,
            settings=head.settings,
            context=head.context,
            visits=visits,
            codelists=codelists,
            units=units,
            roles=roles,
            meanings=meanings,
            forms=forms,
            version=version_of(content),
            content=content,
            laboratories=laboratories,
            panels=head.panels,
        )

    def _note(self, file: str, code: str, sentence: str) -> None:
        self.mistakes.append(Mistake(file, 1, "", code, sentence))

    def _reader(self, file: str) -> Reader:
        return Reader(file, self.mistakes, self._languages)

    def _read_all(self) -> None:
        for path, text in self._texts.items():
            place = read_yaml(self._reader(path), text)
            if place is not None:
                self._places[path] = place

    def _read(self, reader: Reader) -> Place | None:
        return self._places.get(reader.file)

    def _form_names(self, files: list[str]) -> list[str]:
        return [path.removeprefix("forms/").removesuffix(".yaml") for path in files]

    # study.yaml

    def _head(self, codelists: Mapping[str, Codelist]) -> "_Head":
        reader = self._reader("study.yaml")
        head = _Head()
        place = self._read(reader)
        if place is None:
            return head
        keys = reader.mapping(
            place,
            "study.yaml",
            ("oid", "label", "title", "version", "languages"),
            ("registry", "settings", "context", "panels"),
        )
        head.oid = reader.oid(keys.get("oid"), "the study's OID")
        head.label = reader.wording(keys.get("label"), "label")
        head.title = reader.wording(keys.get("title"), "title")
        head.version = reader.text(keys.get("version"), "version")
        head.registry = reader.words(keys.get("registry"), "registry")
        names = unique(reader, "the setting")
        for one in reader.sequence(keys.get("settings"), "settings"):
            setting = self._setting(reader, one)
            names.take(setting.key, one.line)
            head.settings[setting.key] = setting
            head.lines[setting.key] = one.line
        variables: list[ContextVariable] = []
        names = unique(reader, "the context variable")
        for one in reader.sequence(keys.get("context"), "context"):
            variables.append(self._variable(reader, one, codelists))
            names.take(variables[-1].name, one.line)
        head.context = tuple(variables)
        names = unique(reader, "the panel")
        for one in reader.sequence(keys.get("panels"), "panels"):
            parts = reader.mapping(one, "a panel", ("code", "title"))
            code = reader.oid(parts.get("code"), "the panel's code")
            names.take(code, one.line)
            head.panels[code] = reader.wording(parts.get("title"), "title", code)
        return head

    def _setting(self, reader: Reader, place: Place) -> Setting:
        keys = reader.mapping(
            place, "a setting", ("key", "value", "tag", "help"), ("source", "unit")
        )
        key = reader.oid(keys.get("key"), "the setting's key", KEY)
        value = keys["value"].value if "value" in keys else ""
        if not isinstance(value, Decimal | int | str):
            reader.wrong(
                keys["value"].line, "WRONG_VALUE", "a value is a number, text, true or false", key
            )
            value = ""
        source = reader.text(keys.get("source"), "source", key)
        if not source.strip():
            sentence = f"the setting {key} does not say where its value comes from"
            reader.wrong(place.line, "SETTING_WITHOUT_SOURCE", sentence, key)
        return Setting(
            key=key,
            value=value,
            tag=reader.one_of(keys.get("tag"), "tag", ("FACT", "DEFAULT"), key),
            source=source,
            help=reader.wording(keys.get("help"), "help", key),
            unit=reader.text(keys.get("unit"), "unit", key),
        )

    def _variable(
        self, reader: Reader, place: Place, codelists: Mapping[str, Codelist]
    ) -> ContextVariable:
        keys = reader.mapping(place, "a context variable", ("name", "type"), ("codelist",))
        name = reader.oid(keys.get("name"), "the context variable's name", OID)
        kind = reader.one_of(keys.get("type"), "type", (*ITEM_TYPES, "boolean"), name)
        codelist = None
        if "codelist" in keys:
            oid = reader.text(keys["codelist"], "codelist", name)
            codelist = codelists.get(oid)
            if codelist is None:
                sentence = f"codelists.yaml has no codelist {oid}"
                reader.wrong(keys["codelist"].line, "UNKNOWN_CODELIST", sentence, name)
        elif kind in ("code", "codes"):
            reader.wrong(place.line, "CODELIST_MISSING", f"{name} needs a codelist", name)
        return ContextVariable(name, kind, codelist)

    # The other files

    def _choose_languages(self) -> None:
        reader = self._reader("study.yaml")
        place = self._read(reader)
        if place is None or not isinstance(place.value, dict):
            return
        listed = place.value.get("languages")
        names = [reader.text(one, "a language") for one in reader.sequence(listed, "languages")]
        for name in names:
            if name not in LANGUAGES:
                line = listed.line if listed else 1
                reader.wrong(line, "UNKNOWN_LANGUAGE", f"this program does not speak {name!r}")
        if listed is not None and "en" not in names:
            reader.wrong(listed.line, "MISSING_LANGUAGE", "English is the fallback and needed")
        self._languages = tuple(name for name in LANGUAGES if name in names) or ("en",)

    def _codelists(self) -> dict[str, Codelist]:
        reader = self._reader("codelists.yaml")
        place = self._read(reader)
        found: dict[str, Codelist] = {}
        if place is None:
            return found
        names = unique(reader, "the codelist")
        keys = reader.mapping(place, "codelists.yaml", ("codelists",))
        for one in reader.sequence(keys.get("codelists"), "codelists"):
            parts = reader.mapping(one, "a codelist", ("oid", "items"), ("title", "cdisc"))
            oid = reader.oid(parts.get("oid"), "the codelist's OID")
            names.take(oid, one.line)
            codes = unique(reader, f"in {oid} the code")
            items: list[CodelistItem] = []
            for choice in reader.sequence(parts.get("items"), "items"):
                items.append(self._choice(reader, choice, oid))
                codes.take(items[-1].code, choice.line)
            found[oid] = Codelist(
                oid,
                tuple(items),
                reader.wording(parts["title"], "title", oid) if "title" in parts else None,
                reader.text(parts.get("cdisc"), "cdisc", oid),
            )
        return found

    def _choice(self, reader: Reader, place: Place, codelist: str) -> CodelistItem:
        keys = reader.mapping(place, "a choice", ("code", "label"), ("cdisc",))
        return CodelistItem(
            reader.oid(keys.get("code"), "the code", CODE, codelist),
            reader.wording(keys.get("label"), "label", codelist),
            reader.text(keys.get("cdisc"), "cdisc", codelist),
        )

    def _units(self) -> dict[str, Text]:
        reader = self._reader("units.yaml")
        place = self._read(reader)
        if place is None:
            return {}
        if not isinstance(place.value, dict):
            reader.wrong(place.line, "WRONG_VALUE", "units.yaml must be a mapping")
            return {}
        return {
            unit: reader.wording(name, f"the unit {unit}") for unit, name in place.value.items()
        }

    def _laboratories(
        self, units: Mapping[str, Text], codelists: dict[str, Codelist]
    ) -> Laboratories:
        reader = self._reader(LABORATORIES)
        place = self._read(reader)
        if place is None:
            return NO_LABORATORIES
        loaded = load_laboratories(reader, place, units)
        if loaded.codelist.oid in codelists:
            sentence = f"the codelist {loaded.codelist.oid} is made from this file"
            reader.wrong(place.line, "DUPLICATE_OID", sentence, loaded.codelist.oid)
        codelists[loaded.codelist.oid] = loaded.codelist
        return loaded.laboratories

    def _forms(self, files: list[str], known: Known) -> dict[str, FormDefinition]:
        forms: dict[str, FormDefinition] = {}
        for path in files:
            reader = self._reader(path)
            place = self._read(reader)
            form = load_form(reader, place, known) if place is not None else None
            if form is not None:
                instruments_whole(reader, place, form, frozenset(self._form_names(files)))
                forms[form.oid] = form
        return forms

    def _worded(
        self, forms: dict[str, FormDefinition], files: list[str]
    ) -> dict[str, FormDefinition]:
        for path in files:
            reader = self._reader(path)
            oid = path.removeprefix(FOLDER).removesuffix(".yaml")
            form = worded(reader, self._read(reader), forms.get(oid))
            if form is not None:
                forms[oid] = form
        return forms

    def _visits(self, forms: frozenset[str], roles: frozenset[str]) -> tuple[Visit, ...]:
        reader = self._reader("visits.yaml")
        place = self._read(reader)
        if place is None:
            return ()
        keys = reader.mapping(place, "visits.yaml", ("visits",))
        return load_visits(reader, keys.get("visits"), forms, roles)


class _Head:
    """What study.yaml says, while it is read."""

    def __init__(self) -> None:
        self.oid = ""
        self.label = Text({"en": ""})
        self.title = Text({"en": ""})
        self.version = ""
        self.registry: Mapping[str, str] = {}
        self.settings: dict[str, Setting] = {}
        self.lines: dict[str, int] = {}
        self.context: tuple[ContextVariable, ...] = ()
        self.panels: dict[str, Text] = {}
