"""Words, numbers and dates in the reader's language.

English sentences are the keys; a catalogue file per area gives the Polish. Any layer may use it;
it imports nothing of the program but the finder of shipped files, and never guesses a translation.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from msclinic.shipped import resource

if TYPE_CHECKING:
    from babel.plural import PluralRule

__all__ = [
    "LANGUAGES",
    "current_language",
    "date_text",
    "day_text",
    "decimal_text",
    "filled",
    "month_text",
    "plural",
    "set_language",
    "time_text",
    "tr",
]

LANGUAGES = ("en", "pl")
_chosen = ["en"]
# Dates, plurals and the catalogue load their libraries when first asked for: the sign-in in
# English needs one of the three.
_PLURALS = {
    "en": {"one": "i = 1 and v = 0"},
    "pl": {
        "one": "i = 1 and v = 0",
        "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
        # As CLDR has it: a rule that only says the rest would also match 1.
        "many": "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9"
        " or v = 0 and i % 100 = 12..14",
    },
}


def set_language(language: str) -> None:
    """Choose the language of every following sentence of this process.

    Args:
        language: One of ``LANGUAGES``.

    Raises:
        ValueError: The program has no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; there are {', '.join(LANGUAGES)}")
    _chosen[0] = language


def current_language() -> str:
    """The language chosen last; threads share it."""
    return _chosen[0]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every sentence of a language by its English; empty for English itself.

    Raises:
        ValueError: Two areas translate one sentence differently.
    """
    found: dict[str, str] = {}
    if language == "en":
        return found
    from ruamel.yaml import YAML

    reader = YAML(typ="safe")
    for path in sorted(resource(f"translations/{language}").glob("*.yaml")):
        for english, translated in (reader.load(path.read_text("utf-8")) or {}).items():
            if found.setdefault(english, translated) != translated:
                raise ValueError(f"{path.name} translates {english!r} a second time, differently")
    return found


def tr(english: str, /, language: str | None = None, **parameters: object) -> str:
    """A sentence in the chosen language, its ``{names}`` filled in.

    Args:
        english: The English sentence, which is also the key.
        language: Another language than the chosen one.
        parameters: What the braces in the sentence name.
    """
    return filled(english, parameters, language)


def filled(english: str, parameters: Mapping[str, object], language: str | None = None) -> str:
    """The same as ``tr`` where the parameters come as a mapping, as faults carry them."""
    sentence = catalogue(language or current_language()).get(english, english)
    return sentence.format(**parameters) if parameters else sentence


def plural(count: int, /, language: str | None = None, **forms: str) -> str:
    """The sentence for a count: English forms ``one`` and ``other``.

    The catalogue holds the other language's forms under ``<other>|one``, ``|few`` and ``|many``.

    Args:
        count: How many; also filled into ``{count}``.
        language: Another language than the chosen one.
        forms: The English sentences, ``one=`` and ``other=``.
    """
    language = language or current_language()
    words = catalogue(language)
    english = forms["one" if count == 1 else "other"]
    kind = _plural_rule(language)(count)
    sentence = words.get(f"{forms['other']}|{kind}", words.get(english, english))
    return sentence.format(count=count)


@cache
def _plural_rule(language: str) -> "PluralRule":
    from babel.plural import PluralRule

    return PluralRule(_PLURALS[language])


def date_text(day: date, language: str | None = None, *, year: bool = True) -> str:
    """A date as people read it: ``22 Nov 2026``, ``22 lis 2026``, ``6 maja 2026``.

    Args:
        day: The day.
        language: Another language than the chosen one.
        year: Whether the year follows.
    """
    from babel.dates import format_date

    pattern = "d MMM y" if year else "d MMM"
    text = format_date(day, pattern, locale=language or current_language())
    # The only Polish month without a short form: whole, it stands in the genitive after a day.
    return text.replace(" maj", " maja")


def day_text(day: date, language: str | None = None) -> str:
    """A day with its weekday: ``Sunday 22 November 2026``."""
    from babel.dates import format_date

    return format_date(day, "EEEE d MMMM y", locale=language or current_language())


def time_text(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """A clock time of the site, 24 hours: ``10:42`` or ``10:42:07``."""
    return moment.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def month_text(day: date, language: str | None = None) -> str:
    """A month on a time axis: ``May 2026``."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMM", day, locale=language or current_language())


def decimal_text(number: Decimal, language: str | None = None) -> str:
    """A measured number with the language's decimal mark and a true minus sign."""
    text = format(number, "f").replace("-", "−")
    return text.replace(".", ",") if (language or current_language()) == "pl" else text
