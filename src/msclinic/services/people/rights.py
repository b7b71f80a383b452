"""The rights matrix of a study, and who held which role at any past moment.

Rights come from the study that was in force then; roles from the journal (R-USR-2, R-USR-4).
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.people.delegation import may_read_people
from msclinic.services.session import Session, not_allowed
from msclinic.store import Reader, TrailRow
from msclinic.study import Study, activated_study
from msclinic.wording import tr

__all__ = ["Holding", "Matrix", "MatrixSection", "holdings_at", "matrix_of", "study_at"]

_READS, _ENTERS, _MAY = "R", "E", "X"


@frozen
class MatrixSection:
    """Rights of one kind.

    Attributes:
        title: Its heading.
        rows: A name and one mark for each role; an empty mark is no right.
    """

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Matrix:
    """Who may do what, as a table.

    Attributes:
        roles: Code, title, side and whether masked, from left to right.
        sections: Forms, signatures, and everything else.
        version: Hash of the study's content.
    """

    roles: tuple[tuple[str, str, str, bool], ...]
    sections: tuple[MatrixSection, ...]
    version: str


@frozen
class Holding:
    """A role that an account held at a moment.

    Attributes:
        account: Id.
        role: Role code.
        since: When it was granted.
        by: Who granted it, or none at the founding.
        delegated: Whether a delegation was in force on that day.
        disabled: The account could not sign in.
    """

    account: str
    role: str
    since: datetime
    by: str | None
    delegated: bool
    disabled: bool


def matrix_of(study: Study, language: str) -> Matrix:
    """The rights matrix of a study.

    Args:
        study: The study.
        language: Of the words.
    """
    codes = tuple(study.roles)
    roles = tuple(
        (one.code, one.short.text(language), one.side, one.masked) for one in study.roles.values()
    )

    def row(name: str, marks: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        return name, tuple(marks)

    forms = tuple(
        row(form.title.text(language), (_form_mark(study, code, form.oid) for code in codes))
        for form in study.forms.values()
    )
    signs = tuple(
        row(
            meaning.title.text(language),
            (_MAY if study.may(code, "sign", meaning.code) else "" for code in codes),
        )
        for meaning in study.meanings.values()
    )
    words = tuple(
        row(name, (_MAY if study.may(code, right) else "" for code in codes))
        for right, name in _words(language).items()
        if any(study.may(code, right) for code in codes)
    )
    opens = row(
        tr("opens visits", language),
        (_MAY if any(r.startswith("open:") for r in study.rights(c)) else "" for c in codes),
    )
    return Matrix(
        roles,
        (
            MatrixSection(tr("Forms: R reads, E enters and reads", language), forms),
            MatrixSection(tr("Signatures", language), signs),
            MatrixSection(tr("Everything else", language), (opens, *words)),
        ),
        study.version,
    )


def holdings_at(session: Session, moment: datetime) -> tuple[Holding, ...]:
    """Every role that was held at a moment, by account.

    Args:
        session: Who asks.
        moment: Aware; not in the future.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
        UserError: The moment is still to come.
    """
    if not may_read_people(session):
        raise not_allowed()
    if moment > session.now():
        raise UserError(
            "moment_to_come",
            what="Nothing is known of that day yet.",
            why="It is still to come.",
            what_to_do="Choose today or an earlier day.",
        )
    zone = ZoneInfo(session.place.zone)
    found = []
    with session.store.read() as reader:
        paths = [head.path for head in reader.heads(participant="", prefix="people")]
        for path in sorted(paths):
            _, account, attribute, *rest = path.split("/")
            if attribute != "role":
                continue
            last = _at(reader, path, moment)
            if last is None or (last.value or {}).get("value") != "granted":
                continue
            disabled = _at(reader, f"people/{account}/disabled", moment)
            day = moment.astimezone(zone).date().isoformat()
            delegation = _at(reader, f"people/{account}/delegation/{rest[0]}", moment)
            value = {} if delegation is None else delegation.value or {}
            inside = bool(value) and str(value["from"]) <= day <= (str(value["to"]) or day)
            found.append(
                Holding(
                    account=account,
                    role=rest[0],
                    since=last.entry.recorded_at,
                    by=last.entry.actor,
                    delegated=inside,
                    disabled=disabled is not None,
                )
            )
    return tuple(found)


def study_at(session: Session, moment: datetime) -> Study:
    """The study that was in force at a moment; the one in force now where none was."""
    with session.store.read() as reader:
        last = _at(reader, "study/active", moment)
        version = "" if last is None else str((last.value or {}).get("version", ""))
        content = reader.study_content(version)
    return session.study if content is None else activated_study(content)


def _at(reader: Reader, path: str, moment: datetime) -> TrailRow | None:
    """The last entry of a register that was recorded by a moment."""
    rows = [row for row in reader.trail(None, path) if row.entry.recorded_at <= moment]
    return rows[-1] if rows else None


def _form_mark(study: Study, role: str, form: str) -> str:
    if study.may(role, "enter", form):
        return _ENTERS
    return _READS if study.may(role, "read", form) else ""


def _words(language: str) -> dict[str, str]:
    return {
        "people": tr("looks after accounts", language),
        "delegate": tr("delegates tasks", language),
        "study": tr("looks after the study", language),
        "dosing": tr("switches dosing", language),
        "enrol": tr("enrols participants", language),
        "infusion": tr("conducts infusions", language),
        "override": tr("overrides a gate", language),
        "deviations": tr("judges deviations", language),
        "documents": tr("makes documents", language),
        "export": tr("exports", language),
        "verify": tr("verifies the record", language),
        "query": tr("raises queries", language),
        "answer_queries": tr("answers queries", language),
        "verify_source": tr("verifies sources", language),
        "lock_data": tr("locks data", language),
        "journal": tr("reads the journal", language),
        "blot": tr("blots out personal data", language),
        "backup": tr("makes backups", language),
        "settings": tr("changes settings of the program", language),
    }
