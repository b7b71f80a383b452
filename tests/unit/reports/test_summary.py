"""The visit summary as a file: what it says, that it is whole, and that it is always the same."""

import ast
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import attrs
import pikepdf
import pytest
from attrs import evolve
from tests.unit.reports.printed import page_texts, squeezed
from tests.unit.reports.summary_examples import (
    WARSAW,
    at,
    infusion_visit,
    stormy_visit,
    vitals_row,
)

from msclinic.reports import sections
from msclinic.reports.day_model import Absent, ChecklistItem, ChecklistSection, Fact
from msclinic.reports.layout import HEIGHT, MARGIN, WIDTH
from msclinic.reports.phrases import DUE_STATES, GATE_STATES, OUTCOMES, PLACED, Phrases
from msclinic.reports.summary import build_summary
from msclinic.reports.summary_model import (
    AdverseEvent,
    Banner,
    Note,
    Provenance,
    StudyFacts,
    VisitFacts,
    VisitSummary,
)
from msclinic.wording import catalogue, date_text, decimal_text, time_text


def leaves(value: object) -> list[object]:
    """Every single value of a model, in no order."""
    if attrs.has(type(value)):
        return [leaf for f in attrs.fields(type(value)) for leaf in leaves(getattr(value, f.name))]
    if isinstance(value, tuple):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def small_model(**changes: object) -> VisitSummary:
    model = VisitSummary(
        study=StudyFacts("NCT07146087"),
        banner=Banner("PL01-001"),
        visit=VisitFacts("SCR", "Screening"),
        provenance=Provenance(at(9, 0), 12, "a" * 64, "b" * 64, "0.1.0"),
        zone=WARSAW,
    )
    return evolve(model, **changes)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_value_of_the_model_can_be_read_in_the_text(language: str) -> None:
    model = infusion_visit(language)
    said = squeezed(build_summary(model))
    codes = {*OUTCOMES, *GATE_STATES, *DUE_STATES, *PLACED, language, "model"}
    plain = evolve(model, limits=None, zone=None)  # type: ignore[arg-type]
    for leaf in leaves(plain):
        if leaf is None or isinstance(leaf, bool) or leaf == "" or leaf in codes:
            continue
        if isinstance(leaf, datetime):
            text = time_text(leaf, WARSAW)
        elif isinstance(leaf, date):
            text = date_text(leaf, language)
        elif isinstance(leaf, Decimal):
            text = decimal_text(leaf, language)
        elif isinstance(leaf, str) and len(leaf) == 64:
            text = leaf[:16]
        else:
            text = str(leaf).rstrip(".")
        assert "".join(text.split()) in said, leaf


def test_equal_models_give_equal_bytes() -> None:
    assert build_summary(infusion_visit()).pdf == build_summary(infusion_visit()).pdf


def test_another_document_in_between_does_not_change_the_bytes() -> None:
    first = build_summary(infusion_visit("en")).pdf
    build_summary(infusion_visit("pl"))
    assert build_summary(infusion_visit("en")).pdf == first


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_font_is_embedded_and_helvetica_is_not_named(language: str) -> None:
    with pikepdf.open(io.BytesIO(build_summary(infusion_visit(language)).pdf)) as pdf:
        fonts = [
            f
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary)
            for f in [o]
            if f.get("/Type") == pikepdf.Name.Font
        ]
        assert fonts
        for font in fonts:
            assert "/FontFile2" in font.FontDescriptor
            assert "IBMPlexSans" in str(font.BaseFont)
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all)
    assert b"Helvetica" not in out.getvalue()
    assert b"/Trans" not in out.getvalue()


def test_the_file_names_title_language_and_program_and_no_participant() -> None:
    with pikepdf.open(io.BytesIO(build_summary(infusion_visit("pl")).pdf)) as pdf:
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        assert info == {
            "/Title": "Visit summary",
            "/Author": "msclinic 0.1.0",
            "/Producer": "msclinic 0.1.0",
        }
        assert str(pdf.Root.Lang) == "pl"
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 595, 842]


def test_each_page_says_its_number_participant_and_journal_position() -> None:
    document = build_summary(stormy_visit())
    texts = page_texts(document)
    assert len(texts) == document.pages > 1
    for number, text in enumerate(texts, start=1):
        assert f"PL01-007 · V2 · page {number} of {len(texts)}" in text
        assert "journal position 4812" in text
        assert "Study version b7d2 019a c4e8 5f60 · msclinic 0.1.0" in text


def test_polish_greek_and_cyrillic_letters_are_in_the_text() -> None:
    said = squeezed(build_summary(infusion_visit("pl")))
    for word in ("Αθήνα", "Київ", "Móżdżkowy", "podpisano"):
        assert word in said


def test_a_model_with_nothing_but_its_head_is_one_page_that_says_so() -> None:
    document = build_summary(small_model())
    text = page_texts(document)[0]
    assert document.pages == 1
    assert text.count("None recorded.") == 3
    assert "page 1 of 1" in text


def test_a_note_of_ten_thousand_letters_is_printed_whole() -> None:
    words = " ".join(f"w{number:04d}" for number in range(1667))
    document = build_summary(small_model(notes=(Note("Long", words),)))
    said = squeezed(document)
    assert all(f"w{number:04d}" in said for number in range(1667))
    assert document.pages > 1


def test_a_note_without_a_single_space_is_printed_whole() -> None:
    document = build_summary(small_model(notes=(Note("", "x" * 10_000),)))
    assert squeezed(document).count("x") >= 10_000


def test_a_long_text_in_a_table_cell_goes_on_over_the_page() -> None:
    words = " ".join(f"w{number:04d}" for number in range(1500))
    event = AdverseEvent(1, "Headache", 1, False, note=words)
    said = squeezed(build_summary(small_model(adverse_events=(event,))))
    assert all(f"w{number:04d}" in said for number in range(1500))


def test_a_long_text_among_the_facts_of_the_head_is_not_cut() -> None:
    words = " ".join(f"w{number:04d}" for number in range(1500))
    said = squeezed(build_summary(small_model(facts=(Fact("History", words),))))
    assert all(f"w{number:04d}" in said for number in range(1500))


def test_three_hundred_sets_of_vital_signs_repeat_the_head_of_the_table() -> None:
    rows = tuple(
        vitals_row(f"P{n}", at(6 + n // 30, n % 30 * 2), f"{100 + n % 50} 70 80 14 98 36.6")
        for n in range(300)
    )
    document = build_summary(small_model(vitals=rows, visit=infusion_visit().visit))
    texts = page_texts(document)
    lines = [line for text in texts for line in text.splitlines()]
    for n in range(300):
        assert any(line.startswith(f"P{n} ") or line == f"P{n}" for line in lines), n
    with_rows = [t for t in texts if any(f"P{n} " in t or f"P{n}\n" in t for n in range(300))]
    assert all("ACVPU" in text for text in with_rows)


def test_sixty_adverse_events_are_all_there() -> None:
    events = tuple(
        AdverseEvent(n, f"Event{n:03d} of some length to wrap in its cell", 1 + n % 5, n % 7 == 0)
        for n in range(1, 61)
    )
    said = squeezed(build_summary(small_model(adverse_events=events)))
    assert all(f"Event{n:03d}" in said for n in range(1, 61))


def test_incomplete_news2_is_a_question_mark_and_its_reason_is_given() -> None:
    texts = "\n".join(page_texts(build_summary(stormy_visit())))
    assert "Temp: device failed" in texts
    assert "?" in texts


def test_an_absent_step_prints_its_reason_and_no_zero() -> None:
    model = infusion_visit()
    assert model.edss is not None
    absent = evolve(model, edss=evolve(model.edss, step=Absent("could not be examined")))
    assert "couldnotbeexamined" in squeezed(build_summary(absent))


def test_the_rater_s_step_stands_beside_another_computed_one_with_the_reason() -> None:
    said = squeezed(build_summary(stormy_visit()))
    assert "Computed5.5" in said
    assert "Whytherater'sstepdiffers:Caneusedonstairs." in said


def test_the_fields_of_nurse_and_physician_lie_on_the_last_page_inside_the_margins() -> None:
    document = build_summary(infusion_visit())
    assert [field.name for field in document.fields] == ["nurse", "physician"]
    for field in document.fields:
        left, bottom, right, top = field.box
        assert field.page == document.pages - 1
        assert MARGIN <= left < right <= WIDTH - MARGIN
        assert MARGIN < bottom < top < HEIGHT - MARGIN
        assert top - bottom >= 5 * 9.5
        assert right - left >= 220
    assert document.fields[0].box[2] < document.fields[1].box[0]


def test_a_draft_says_so_on_every_page_and_has_no_fields() -> None:
    document = build_summary(infusion_visit(draft=True))
    assert document.fields == ()
    assert all("DRAFT: not for signature" in text for text in page_texts(document))
    assert "DRAFT" not in "".join(page_texts(build_summary(infusion_visit())))


def test_a_letter_without_a_glyph_is_printed_as_its_code_point_with_a_note() -> None:
    said = squeezed(build_summary(small_model(notes=(Note("", "ok \U0001f600"),))))
    assert "ok[U+1F600]" in said
    assert "[U+…]standsforacharacter" in said


def test_an_accent_typed_apart_is_composed() -> None:
    said = squeezed(build_summary(small_model(notes=(Note("", "zo\u0301łw"),))))
    assert "zółw" in said


def test_braces_in_people_s_text_are_only_text() -> None:
    section = ChecklistSection(
        "A", "{title}", (ChecklistItem("A01", "{x}", "failed", note="{0} {y}"),)
    )
    said = squeezed(build_summary(small_model(checklist=(section,))))
    assert "{x}" in said
    assert "{0}{y}" in said


def test_a_time_on_another_day_carries_its_date() -> None:
    words = Phrases("en", WARSAW, date(2026, 8, 26))
    assert words.time(at(10, 20)) == "27 Aug 2026 10:20"
    assert Phrases("en", WARSAW, date(2026, 8, 27)).time(at(10, 20)) == "10:20"


def test_minus_and_decimal_mark_follow_the_language() -> None:
    assert Phrases("pl", WARSAW).number(Decimal("-1.5")) == "−1,5"
    assert Phrases("en", WARSAW).number(Decimal("38.20")) == "38.20"


def test_durations_carry_their_units() -> None:
    words = Phrases("en", WARSAW)
    assert words.duration(at(10, 31), at(11, 42, 30)) == "71 min 30 s"
    assert words.duration(at(10, 31), at(10, 46)) == "15 min"


def words_in_source() -> set[str]:
    """Every English sentence that the package says through ``tr`` or a table of words."""
    found = {*OUTCOMES.values(), *GATE_STATES.values(), *DUE_STATES.values(), *PLACED.values()}
    for path in Path(sections.__file__).parent.glob("*.py"):
        if path.name in ("signing.py", "checking.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "tr" and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def test_every_sentence_has_polish_words() -> None:
    polish = catalogue("pl")
    assert sorted(words_in_source() - set(polish)) == []


def test_every_sentence_can_be_drawn_in_every_language() -> None:
    from msclinic.reports.fonts import checked_words

    polish = catalogue("pl")
    for sentence in words_in_source():
        assert checked_words(sentence) == sentence
        assert checked_words(polish[sentence])
