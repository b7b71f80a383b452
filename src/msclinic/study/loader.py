"""A study folder, or the content kept in the store, read into a Study.

Everything is checked before anything is returned; no part of a study opens alone.
"""

from collections.abc import Mapping
from pathlib import Path

from msclinic.domain.laboratory import NO_LABORATORIES, Laboratories
from msclinic.forms.definitions import (
    Codelist,
    CodelistItem,
    FormDefinition,
    Text,
)
from msclinic.study.content import pack, read_folder, unpack, version_of
from msclinic.study.form_loader import Known, context_types, load_form
from msclinic.study.head_loader import load_head
from msclinic.study.instruments import instruments_whole
from msclinic.study.laboratories import FILE as LABORATORIES
from msclinic.study.laboratories import load_laboratories, ranges_whole
from msclinic.study.later_settings import later_settings
from msclinic.study.licensed_wording import FOLDER, worded
from msclinic.study.masking import masking_kept
from msclinic.study.mistakes import Mistake, StudyMistakes
from msclinic.study.model import Role, Study, Visit
from msclinic.study.needs import settings_fit
from msclinic.study.reader import CODE, Place, Reader, read_yaml, unique
from msclinic.study.schedule_loader import (
    load_meanings,
    load_roles,
    load_visits,
    revealing_forms_stay_hidden,
    rights_agree,
    sponsor_reads_only,
)
from msclinic.study.schedule_rules import intervals_fit, schedule_whole
from msclinic.study.standard_codes import WrittenCode, codes_agree, nci, written_codes

__all__ = ["LANGUAGES", "activated_study", "load_study", "study_from_content"]

LANGUAGES = ("en", "pl")
_FILES = ("study.yaml", "visits.yaml", "codelists.yaml", "units.yaml", "rights.yaml")


def load_study(folder: Path) -> Study:
    """Read and check a study folder.

    Raises:
        StudyMistakes: The study has mistakes; all of them are listed.
    """
    return _load(read_folder(folder))


def study_from_content(content: bytes) -> Study:
    """Check the content of a study as the store keeps it, as its folder is checked.

    Raises:
        ValueError: The bytes are no content of a study.
        StudyMistakes: The study has mistakes; all of them are listed.
    """
    return _load(unpack(content))


def activated_study(content: bytes) -> Study:
    """Open a study that was activated once, for ever after.

    It was checked by the version of the program under which two people signed it. What later
    versions ask of authors is not asked of it; a setting that a rule in Python has needed since
    then takes the shipped value and says so; a form or item that it lacks is refused where it is
    used. An expression or key that means nothing to this version is never passed over.

    Raises:
        ValueError: The bytes are no content of a study.
        StudyMistakes: This version cannot read that study.
    """
    return _load(unpack(content), activated=True)


def _load(texts: Mapping[str, str], *, activated: bool = False) -> Study:
    loader = _Loader(texts, activated=activated)
    study = loader.load()
    if loader.mistakes or study is None:
        raise StudyMistakes(loader.mistakes)
    return study


class _Loader:
    def __init__(self, texts: Mapping[str, str], *, activated: bool = False) -> None:
        self._texts = texts
        self._activated = activated
        self.mistakes: list[Mistake] = []
        self._languages: tuple[str, ...] = ("en",)
        self._places: dict[str, Place] = {}
        self._codes: list[WrittenCode] = []
        self._range_lines: Mapping[tuple[str, str], int] = {}

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
        study = self._reader("study.yaml")
        head = load_head(study, self._read(study), codelists)
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
        if self._activated:
            head.settings.update(later_settings(head.settings, forms))
        else:
            settings_fit(study, head.settings, head.lines, forms, visits)
            intervals_fit(study, head.settings, head.lines, visits)
            ranges_whole(self._reader(LABORATORIES), laboratories, self._range_lines, head.settings)
            codes_agree(self._codes)
            self._schedule_whole(visits, roles)
            revealing_forms_stay_hidden(rights, keys.get("roles"), roles, forms)
            masking_kept(rights, keys.get("roles"), roles, forms)
            sponsor_reads_only(rights, keys.get("roles"), roles)
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
            words = [unique(reader, f"in {oid} the label", "SAME_WORDS") for _ in self._languages]
            items: list[CodelistItem] = []
            for choice in reader.sequence(parts.get("items"), "items"):
                items.append(self._choice(reader, choice, oid))
                codes.take(items[-1].code, choice.line)
                if not self._activated:
                    for names_of, language in zip(words, self._languages, strict=True):
                        names_of.take(items[-1].label.text(language), choice.line)
            found[oid] = Codelist(
                oid,
                tuple(items),
                reader.wording(parts["title"], "title", oid) if "title" in parts else None,
                self._nci(reader, parts.get("cdisc"), oid),
            )
        return found

    def _nci(self, reader: Reader, place: Place | None, codelist: str) -> str:
        code = reader.text(place, "cdisc", codelist)
        if place is not None and code and not self._activated and not nci(code):
            sentence = f"cdisc {code!r} is no code of the NCI Thesaurus such as C66742"
            reader.wrong(place.line, "BAD_CODE", sentence, codelist)
        return code

    def _choice(self, reader: Reader, place: Place, codelist: str) -> CodelistItem:
        keys = reader.mapping(place, "a choice", ("code", "label"), ("cdisc",))
        return CodelistItem(
            reader.oid(keys.get("code"), "the code", CODE, codelist),
            reader.wording(keys.get("label"), "label", codelist),
            self._nci(reader, keys.get("cdisc"), codelist),
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
        self._range_lines = loaded.lines
        return loaded.laboratories

    def _forms(self, files: list[str], known: Known) -> dict[str, FormDefinition]:
        forms: dict[str, FormDefinition] = {}
        for path in files:
            reader = self._reader(path)
            place = self._read(reader)
            form = load_form(reader, place, known) if place is not None else None
            if form is not None:
                if not self._activated:
                    instruments_whole(reader, place, form, frozenset(self._form_names(files)))
                    self._codes += written_codes(reader, place)
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

    def _schedule_whole(self, visits: tuple[Visit, ...], roles: Mapping[str, Role]) -> None:
        reader = self._reader("visits.yaml")
        place = self._read(reader)
        keys = place.value if place is not None and isinstance(place.value, dict) else {}
        schedule_whole(reader, keys.get("visits"), visits, roles)
