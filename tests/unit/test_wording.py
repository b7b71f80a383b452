from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

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


def test_a_clock_time_is_the_sites_own():
    moment = datetime(2026, 11, 22, 9, 42, 7, tzinfo=UTC)
    assert wording.time_text(moment, ZoneInfo("Europe/Warsaw"), seconds=True) == "10:42:07"


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
