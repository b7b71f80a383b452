"""The document "Participant over time" as a file."""

import io
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from attrs import evolve
from tests.unit.reports.over_time_examples import FIRST, WHOLE, bare, numbers, one_series
from tests.unit.reports.printed import page_texts, squeezed

from msclinic.reports.over_time import build_over_time
from msclinic.reports.over_time_model import EventBar, Series, Span, TimePanel, TimePoint
from msclinic.wording import date_text, decimal_text

TEXT = pypdfium2.raw.FPDF_PAGEOBJ_TEXT


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_value_day_and_reason_can_be_read_in_the_text(language: str) -> None:
    said = squeezed(build_over_time(WHOLE, language))
    for panel in WHOLE.panels:
        assert "".join(panel.title.split()) in said
        for series in panel.series:
            for point in series.points:
                assert "".join(point.text.split()) in said
                assert "".join(date_text(point.day, language).split()) in said
    assert WHOLE.events is not None
    for event in WHOLE.events:
        assert "".join(event.term.split()) in said


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "worse than at baseline"), ("pl", "gorzej niż na wizycie wyjściowej")],
)
def test_a_value_worse_than_at_baseline_says_so_beside_its_day(language: str, words: str) -> None:
    said = squeezed(build_over_time(WHOLE, language))
    assert said.count("".join(words.split())) == 2
    assert "atV1:6.10s·worse:atleast20%longerthanatV1" in said


def test_every_page_is_a_draft_with_position_and_study_version() -> None:
    document = build_over_time(WHOLE, "en")
    texts = page_texts(document)
    assert len(texts) == document.pages >= 2
    for number, text in enumerate(texts, start=1):
        assert "DRAFT: not for signature" in text
        assert "journal position 1412 · aaaa aaaa aaaa aaaa" in text
        assert "Study version bbbb bbbb bbbb bbbb" in text
        assert f"PL01-007 · page {number} of {document.pages}" in text
    assert document.fields == ()


def test_the_axis_stands_over_every_page_of_the_picture() -> None:
    texts = page_texts(build_over_time(WHOLE, "en"))
    with_strips = [text for text in texts if "Feb 2026" in text and "Infusions" in text]
    assert len(with_strips) == 2


def test_a_panel_that_goes_on_over_the_page_says_its_title_again() -> None:
    series = tuple(
        Series(f"s{n}", f"Test {n}", points=numbers(SCR="1", V3=str(n + 2))) for n in range(14)
    )
    model = evolve(WHOLE, panels=(TimePanel("p", "Long panel", series),), events=None)
    texts = page_texts(build_over_time(model, "en"))
    drawn = [text for text in texts if "Infusions" in text]
    assert len(drawn) == 2
    assert all("Long panel" in text for text in drawn)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_font_is_embedded(language: str) -> None:
    with pikepdf.open(io.BytesIO(build_over_time(WHOLE, language).pdf)) as pdf:
        fonts = [font for page in pdf.pages for font in page.obj.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "Helvetica" not in str(font.BaseFont)
            assert "/FontFile2" in font.FontDescriptor
        assert str(pdf.Root.Lang) == language
        assert "PL01-007" not in str(dict(pdf.docinfo))


def test_equal_models_give_equal_bytes() -> None:
    assert build_over_time(WHOLE, "pl").pdf == build_over_time(WHOLE, "pl").pdf


def test_nothing_lies_outside_the_page() -> None:
    names = "long name " * 30
    event = EventBar(1, names, Span(FIRST, FIRST, "x"), grade=names, note=names)
    points = tuple(
        TimePoint(FIRST + timedelta(days=n * 9), "V1", names, "missing") for n in range(40)
    )
    model = one_series(Series("s", names, names, "U/L", points=points), events=(event,) * 30)
    document = build_over_time(model, "en")
    with pypdfium2.PdfDocument(document.pdf) as pdf:
        for page in pdf:
            width, height = page.get_size()
            for item in page.get_objects():
                if item.type == TEXT:
                    left, bottom, right, top = item.get_bounds()
                    assert left >= 0
                    assert bottom >= 0
                    assert right <= width
                    assert top <= height


def test_a_participant_without_anything_is_one_page_that_says_so() -> None:
    document = build_over_time(bare(events=()), "en")
    assert document.pages == 1
    assert "No adverse event is on record." in page_texts(document)[0]


def test_numbers_carry_the_languages_decimal_mark_on_the_scale() -> None:
    shown = numbers(SCR="1.5", V1="2.5")
    said = tuple(evolve(p, text=decimal_text(p.value, "pl")) for p in shown if p.value)
    text = page_texts(build_over_time(one_series(Series("s", "S", points=said)), "pl"))[0]
    assert "1.5" not in text
    assert "1,5" in text
