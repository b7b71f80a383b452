from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date

from msclinic import wording


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    wording.set_language("en")


def test_dates_and_decimals_follow_the_language():
    assert wording.date_text(date(2026, 11, 22)) == "22 Nov 2026"
    assert wording.date_text(date(2026, 11, 22), "pl") == "22 lis 2026"
    assert wording.date_text(date(2026, 5, 6), "pl") == "6 maja 2026"
    assert wording.date_text(date(2026, 5, 20), "pl", year=False) == "20 maja"
    assert wording.date_text(date(2026, 5, 6), "en") == "6 May 2026"
    assert wording.decimal_text(Decimal("-38.2")) == "−38.2"
    assert wording.decimal_text(Decimal("38.2"), "pl") == "38,2"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_days_and_months_are_named_as_cldr_names_them(language):
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        long = format_date(day, "EEEE d MMMM y", locale=language)
        assert wording.day_text(day, language) == long
        short = format_date(day, "d MMM y", locale=language).replace(" maj", " maja")
        assert wording.date_text(day, language) == short
        assert wording.month_text(day, language) == format_date(day, "MMM y", locale=language)
        month = format_date(day, "MMM", locale=language)
        assert wording.month_text(day, language, year=False) == month


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_count_has_the_plural_form_of_cldr(language, monkeypatch):
    kinds = ("one", "few", "many", "other")
    words = {"pl": {f"{{count}}|{kind}": kind for kind in kinds}, "en": {}}
    monkeypatch.setattr(wording, "catalogue", words.__getitem__)
    form = Locale(language).plural_form
    for count in range(1200):
        said = wording.plural(count, language, one="one", other="{count}")
        assert said == (form(count).replace("other", str(count)))


def test_a_clock_time_is_the_sites_own():
    moment = datetime(2026, 11, 22, 9, 42, 7, tzinfo=UTC)
    assert wording.time_text(moment, ZoneInfo("Europe/Warsaw"), seconds=True) == "10:42:07"


@pytest.mark.requirement("R-TIM-1")
def test_the_hour_that_comes_twice_says_which_one_it_is():
    warsaw = ZoneInfo("Europe/Warsaw")
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert wording.time_text(first, warsaw) == "02:30 CEST"
    assert wording.time_text(second, warsaw) == "02:30 CET"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no language"):
        wording.set_language("de")


def test_a_sentence_without_translation_stays_english():
    assert wording.tr("No such sentence {x}", language="pl", x=1) == "No such sentence 1"


def test_every_polish_sentence_keeps_the_parameters_of_its_english():
    for english, polish in wording.catalogue("pl").items():
        source = english.rsplit("|", 1)[0]
        assert set(_braces(polish)) <= set(_braces(source)), english


def test_counts_choose_the_polish_plural():
    words = wording.catalogue("pl")
    for key in words:
        if key.endswith("|few"):
            other = key.removesuffix("|few")
            assert wording.plural(3, "pl", one="", other=other) == words[key].format(count=3)
            assert wording.plural(5, "pl", one="", other=other) == words[f"{other}|many"].format(
                count=5
            )


def _braces(text: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
