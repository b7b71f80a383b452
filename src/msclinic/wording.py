"""Words, numbers and dates in the reader's language.

English sentences are the keys; a catalogue file per area gives the Polish. Any layer may use it;
it imports nothing of the program but the finder of shipped files, and never guesses a translation.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache

from msclinic.shipped import resource

__all__ = [
    "LANGUAGES",
    "came_twice",
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
# The few names of two languages, as CLDR has them (a test compares): a library that holds every
# language of the world takes longer to load than the window that shows today's date.
_DAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "pl": ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"],
}
_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "pl": [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
}
_SHORT_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "pl": ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
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
    from yaml import compose
    from yaml.cyaml import CBaseLoader

    for path in sorted(resource(f"translations/{language}").glob("*.yaml")):
        # Every value is a text: No is a word here, not a boolean.
        node = compose(path.read_text("utf-8"), Loader=CBaseLoader)
        for english, translated in ((key.value, value.value) for key, value in node.value):
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
    sentence = words.get(f"{forms['other']}|{_plural_kind(count)}", words.get(english, english))
    return sentence.format(count=count)


def _plural_kind(count: int) -> str:
    """The Polish form for a count: 1 dzień is one, 2 dni are few, 5 and 12 dni are many."""
    if count == 1:
        return "one"
    few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    return "few" if few else "many"


def date_text(day: date, language: str | None = None, *, year: bool = True) -> str:
    """A date as people read it: ``22 Nov 2026``, ``22 lis 2026``, ``6 maja 2026``.

    Args:
        day: The day.
        language: Another language than the chosen one.
        year: Whether the year follows.
    """
    month = _SHORT_MONTHS[language or current_language()][day.month - 1]
    # The only Polish month without a short form: whole, it stands in the genitive after a day.
    text = f"{day.day} {month.replace('maj', 'maja')}"
    return f"{text} {day.year}" if year else text


def day_text(day: date, language: str | None = None) -> str:
    """A day with its weekday: ``Sunday 22 November 2026``."""
    language = language or current_language()
    weekday, month = _DAYS[language][day.weekday()], _MONTHS[language][day.month - 1]
    return f"{weekday} {day.day} {month} {day.year}"


def time_text(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """A clock time of the site, 24 hours: ``10:42`` or ``10:42:07``.

    In the hour that comes twice in autumn it says which one: ``02:30 CEST``, then ``02:30 CET``.
    """
    here = moment.astimezone(zone)
    text = here.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{text} {here.tzname()}" if came_twice(here) else text


def came_twice(local: datetime) -> bool:
    """Whether the clock showed a local time twice, as it was put back over it."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def month_text(day: date, language: str | None = None, *, year: bool = True) -> str:
    """A month on a time axis: ``May 2026``.

    Args:
        day: Any day of it.
        language: Another language than the chosen one.
        year: Whether the year follows.
    """
    month = _SHORT_MONTHS[language or current_language()][day.month - 1]
    return f"{month} {day.year}" if year else month


def decimal_text(number: Decimal, language: str | None = None) -> str:
    """A measured number with the language's decimal mark and a true minus sign."""
    text = format(number, "f").replace("-", "−")
    return text.replace(".", ",") if (language or current_language()) == "pl" else text
