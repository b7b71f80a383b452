"""The archive's pages: plain HTML that any browser opens from the disk, without script or network.

Every text passes through ``html.escape``. What a page shows is what the maker may read; histories
open by the browser's own means.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from attrs import evolve, frozen

from msclinic.forms.definitions import FormDefinition
from msclinic.services.journal_model import JournalLine, spot_of
from msclinic.services.journal_words import (
    act_word,
    asked_words,
    item_of,
    source_words,
    value_words,
    what_words,
    where_words,
    who_words,
    why_words,
)
from msclinic.services.session import Session
from msclinic.wording import LANGUAGES, date_text, time_text, tr

__all__ = ["STYLE", "About", "Listed", "index_page", "page_name", "participant_page", "site_page"]

STYLE = """\
:root { color-scheme: light; }
body { font: 15px/1.45 "IBM Plex Sans", "Segoe UI", Arial, sans-serif; color: #1a2433;
  background: #fff; max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
header { border-bottom: 2px solid #1a2433; margin-bottom: 1.5rem; padding-bottom: .75rem; }
nav { float: right; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #c5cdd8; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
a { color: #0b5394; }
.quiet { color: #56637a; }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border: 1px solid #c5cdd8;
  overflow-wrap: anywhere; }
th { background: #eef2f7; font-weight: 600; }
td.value { font-weight: 600; }
details { margin-top: .25rem; }
summary { cursor: pointer; color: #0b5394; }
ul { margin: .25rem 0 .25rem 1.1rem; padding: 0; }
@media print { nav { display: none; } details > * { display: block; } }
"""


@frozen
class About:
    """What every page says of the archive.

    Attributes:
        site: Site code and city.
        study: Title by language.
        made_at: When, in the site's time.
        maker: Account and role.
        entries: How many journal entries there are.
        head: One hash over the heads of all streams.
        withheld: How many entries lie in sealed packages.
    """

    site: str
    study: Mapping[str, str]
    made_at: str
    maker: str
    entries: int
    head: str
    withheld: int


@frozen
class Listed:
    """One participant on the index page.

    Attributes:
        code: Subject code.
        page: Name of the page without language and ending.
        facts: Year of birth, sex, course as far as known.
        documents: Kind of each document and where its file lies.
    """

    code: str
    page: str
    facts: str
    documents: tuple[tuple[str, str], ...]


def page_name(stem: str, language: str) -> str:
    """File name of a page in one language: English is the plain one."""
    return f"{stem}.html" if language == "en" else f"{stem}.{language}.html"


def index_page(about: About, listed: Sequence[Listed], language: str) -> bytes:
    """The first page: what this is, the participants, and what else there is."""

    def say(sentence: str) -> str:
        return escape(sentence)

    rows = [
        (
            _link(f"participants/{page_name(one.page, language)}", one.code),
            escape(one.facts),
            str(len(one.documents)),
        )
        for one in listed
    ]
    files = (
        ("odm/export.xml", tr("All data as CDISC ODM-XML", language=language)),
        ("journal/journal.jsonl", tr("The journal, entry by entry, as JSON", language=language)),
        (
            page_name("site", language),
            tr("Acts of the site: people, study, devices", language=language),
        ),
        ("study/", tr("The study: forms, rules and wording of every version", language=language)),
        ("certificates/", tr("Certificates of the site and of who signed", language=language)),
        (
            "manifest.json",
            tr("Every file with its SHA-256, signed in manifest.sig", language=language),
        ),
        ("README.txt", tr("How all of this is written and checked", language=language)),
    )
    parts = [
        f"<h2>{say(tr('Participants', language=language))}</h2>",
        _table(
            (
                tr("Code", language=language),
                tr("Year of birth, sex, course", language=language),
                tr("Documents", language=language),
            ),
            rows,
        ),
        f"<h2>{say(tr('What else is here', language=language))}</h2>",
        _list(f"{_link(path, path)} – {escape(words)}" for path, words in files),
    ]
    if about.withheld:
        sealed = tr(
            "Entries that lie sealed in the folder sealed: {count}. Who made this archive may not "
            "read them, and nothing on these pages is taken from them.",
            language=language,
            count=about.withheld,
        )
        parts.append(f"<p>{say(sealed)}</p>")
    title = tr("Archive of the site", language=language)
    return _page(about, title, "index", language, parts, "")


def participant_page(
    session: Session,
    about: About,
    listed: Listed,
    lines: Sequence[JournalLine],
    language: str,
) -> bytes:
    """One participant: visits, forms, values with their history, and everything else."""
    forms: dict[tuple[str, str, str, str], list[JournalLine]] = {}
    rest: list[JournalLine] = []
    for line in lines:
        spot = line.spot
        if spot.form:
            place = (spot.visit, spot.visit_key, spot.form, spot.form_key)
            forms.setdefault(place, []).append(line)
        else:
            rest.append(line)
    order = {visit.code: visit.order for visit in session.study.visits}
    titles = {visit.code: visit.title.text(language) for visit in session.study.visits}
    oids = list(session.study.forms)
    parts = [f'<p class="quiet">{escape(listed.facts)}</p>'] if listed.facts else []
    for visit, key in sorted(
        {(place[0], place[1]) for place in forms}, key=lambda one: (order.get(one[0], 999), one)
    ):
        parts.append(f"<h2>{escape(titles.get(visit, visit))}</h2>")
        here = [place for place in forms if place[:2] == (visit, key)]
        here.sort(key=lambda one: (oids.index(one[2]) if one[2] in oids else 999, one))
        for place in here:
            parts += _form(session, place[2], forms[place], language)
    parts.append(f"<h2>{escape(tr('Everything else on record', language=language))}</h2>")
    parts.append(_acts(session, rest, language))
    if listed.documents:
        parts.append(f"<h2>{escape(tr('Documents', language=language))}</h2>")
        parts.append(_list(_link(f"../{path}", kind) for kind, path in listed.documents))
    return _page(about, listed.code, listed.page, language, parts, "../")


def site_page(session: Session, about: About, lines: Sequence[JournalLine], language: str) -> bytes:
    """What was done at the site and is about no participant."""
    title = tr("Acts of the site: people, study, devices", language=language)
    return _page(about, title, "site", language, [_acts(session, lines, language)], "")


def _form(session: Session, oid: str, lines: Sequence[JournalLine], language: str) -> Iterable[str]:
    form = session.study.forms.get(oid)
    yield f"<h3>{escape(form.title.text(language) if form else oid)}</h3>"
    by_item: dict[tuple[str, str, str], list[JournalLine]] = {}
    about: list[JournalLine] = []
    for line in lines:
        spot = line.spot
        if spot.item:
            by_item.setdefault((spot.group, spot.group_key, spot.item), []).append(line)
        else:
            about.append(line)
    rows = []
    places = _item_order(form)
    for ref in sorted(by_item, key=lambda one: (places.get((one[0], one[2]), 9999), one)):
        told = by_item[ref]
        item = item_of(session, told[0].spot)
        rows.append(
            (
                escape(item.label.text(language) if item else ref[2]),
                _current(session, told, language),
                _history(session, told, language),
            )
        )
    if rows:
        head = (
            tr("Item", language=language),
            tr("Value on record", language=language),
            tr("Who, when and why", language=language),
        )
        yield _table(head, rows, bold=1)
    yield _acts(session, about, language)


def _item_order(form: FormDefinition | None) -> dict[tuple[str, str], int]:
    if form is None:
        return {}
    items = [(group.oid, item.oid) for group in form.item_groups for item in group.items]
    return {ref: place for place, ref in enumerate(items)}


def _current(session: Session, lines: Sequence[JournalLine], language: str) -> str:
    now = [line for line in lines if line.row.current and not line.spot.beside]
    return "<br>".join(escape(value_words(session, line, language)) for line in now)


def _history(session: Session, lines: Sequence[JournalLine], language: str) -> str:
    told = [_told(session, line, language) for line in lines]
    if len(told) == 1:
        return told[0]
    summary = escape(tr("History, entries: {count}", language=language, count=len(told)))
    return f"{told[-1]}<details><summary>{summary}</summary>{_list(told)}</details>"


def _told(session: Session, line: JournalLine, language: str) -> str:
    entry = line.row.entry
    words = [
        what_words(session, line, language),
        who_words(session, line, language),
        _moment(session, line, language),
    ]
    if entry.event_time is not None:
        at = entry.event_time
        words.append(
            tr(
                "happened {day} {time}",
                language=language,
                day=date_text(at.astimezone(session.zone).date(), language),
                time=time_text(at, session.zone),
            )
        )
    words += [
        why_words(line, language),
        asked_words(session, line, language),
        source_words(entry.source, language),
    ]
    return escape("; ".join(word for word in words if word))


def _acts(session: Session, lines: Sequence[JournalLine], language: str) -> str:
    if not lines:
        return ""
    rows = [
        (
            escape(_moment(session, line, language)),
            escape(who_words(session, line, language)),
            escape(_act(session, line, language)),
            escape(_recorded(session, line, language)),
            escape(why_words(line, language)),
        )
        for line in lines
    ]
    head = (
        tr("Typed", language=language),
        tr("Who", language=language),
        tr("What was done", language=language),
        tr("What was recorded", language=language),
        tr("Why", language=language),
    )
    return _table(head, rows)


def _act(session: Session, line: JournalLine, language: str) -> str:
    where = where_words(session, line, language)
    act = act_word(line.row.entry.action, language)
    return f"{act}: {where}" if where else act


def _recorded(session: Session, line: JournalLine, language: str) -> str:
    """What an act recorded; of a signature its meaning and what it is over."""
    value = line.value or {}
    if line.row.entry.action != "signed":
        return value_words(session, line, language)
    known = session.study.meanings.get(str(value.get("meaning", "")))
    meaning = known.title.text(language) if known else str(value.get("meaning", ""))
    over = where_words(session, evolve(line, spot=spot_of(str(value.get("scope", "")))), language)
    return ": ".join(part for part in (meaning, over) if part)


def _moment(session: Session, line: JournalLine, language: str) -> str:
    at = line.row.entry.typed_at
    day = date_text(at.astimezone(session.zone).date(), language)
    return f"{day} {time_text(at, session.zone, seconds=True)}"


def _page(
    about: About, title: str, stem: str, language: str, parts: Iterable[str], up: str
) -> bytes:
    names = {"en": "English", "pl": "Polski"}
    others = " · ".join(
        _link(page_name(stem, one), names[one]) for one in LANGUAGES if one != language
    )
    home = (
        ""
        if stem == "index"
        else _link(f"{up}{page_name('index', language)}", tr("Archive of the site", language))
        + " · "
    )
    copy = tr(
        "Copy of the record of {site}, made {made_at} by {maker}; journal entries: {entries}. "
        "Whether it is true, the signed manifest tells.",
        language=language,
        site=about.site,
        made_at=about.made_at,
        maker=about.maker,
        entries=about.entries,
    )
    study = about.study.get(language, "")
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)} – {escape(about.site)}</title>\n"
        f'<link rel="stylesheet" href="{up}style.css">\n</head>\n<body>\n'
        f"<header><nav>{home}{others}</nav><h1>{escape(title)}</h1>\n"
        f'<p class="quiet">{escape(study)}<br>{escape(copy)}<br><code>{escape(about.head)}</code>'
        f"</p></header>\n{body}\n</body>\n</html>\n"
    ).encode()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], bold: int = -1) -> str:
    cells = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    lines = "\n".join(
        "<tr>"
        + "".join(
            f'<td class="value">{cell}</td>' if place == bold else f"<td>{cell}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table>\n<tr>{cells}</tr>\n{lines}\n</table>"


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{one}</li>" for one in items) + "</ul>"


def _link(target: str, words: str) -> str:
    return f'<a href="{escape(target, quote=True)}">{escape(words)}</a>'
