"""The rights matrix, the roles held at a moment and the delegation log as a PDF.

The PDF modules are imported late: they take half a second.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from msclinic.services.gateway import random_key, recording
from msclinic.services.home import account_code
from msclinic.services.outgoing import hand_out
from msclinic.services.people.delegation import delegation_log
from msclinic.services.people.rights import Holding, holdings_at, matrix_of, study_at
from msclinic.services.session import Session
from msclinic.wording import tr

__all__ = ["end_of_day", "rights_file", "rights_pdf"]


def rights_pdf(session: Session, moment: datetime | None = None, language: str = "en") -> bytes:
    """The document for a moment.

    Args:
        session: Who asks.
        moment: Aware; now where left out.
        language: Of the document.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
        UserError: The moment is still to come.
    """
    from msclinic.reports.rights import (
        DelegationRow,
        HoldingRow,
        MatrixRow,
        RightsDocument,
        RightsRole,
        build_rights,
    )
    from msclinic.services.summary import provenance_of, study_facts

    at = moment or session.now()
    holdings, study = holdings_at(session, at), study_at(session, at)
    matrix = matrix_of(study, language)

    def title(role: str) -> str:
        known = study.roles.get(role)
        return role if known is None else known.title.text(language)

    rows: list[MatrixRow] = []
    for section in matrix.sections:
        rows.append(MatrixRow(section.title, heading=True))
        rows += [MatrixRow(name, marks) for name, marks in section.rows]
    with session.store.read() as reader:
        provenance = provenance_of(session, reader, language)
    model = RightsDocument(
        study=study_facts(session, language),
        provenance=provenance,
        zone=session.zone,
        moment=at,
        roles=tuple(
            RightsRole(code, short, side == "sponsor", masked)
            for code, short, side, masked in matrix.roles
        ),
        matrix=tuple(rows),
        holdings=tuple(
            HoldingRow(
                account_code(one.account),
                title(one.role),
                one.since,
                None if one.by is None else account_code(one.by),
                _state(one, language),
            )
            for one in holdings
        ),
        log=tuple(
            DelegationRow(
                account_code(line.account),
                title(line.task),
                line.start,
                line.end,
                None if line.by is None else account_code(line.by),
                line.at,
                line.trained,
                line.counts,
            )
            for line in delegation_log(session)
        ),
    )
    return build_rights(model, language).pdf


def rights_file(session: Session, out: Path, day: date | None = None, language: str = "en") -> None:
    """Write the document to a file; it is there whole or not at all.

    Args:
        session: Who asks.
        out: The file.
        day: For the end of which day; now where left out.
        language: Of the document.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
        UserError: The day is still to come, or the target lies inside a clinic or is no file.
        KnownFault: The file cannot be written.
    """
    moment = None if day is None else end_of_day(session, day)
    hand_out(out, rights_pdf(session, moment, language), session.home)
    with recording(session) as act:
        told = {"type": "text", "value": "rights"}
        act.set("printed", f"export/{random_key()}", told)


def end_of_day(session: Session, day: date) -> datetime:
    """The last moment of a local day; now, where the day is today."""
    after = datetime.combine(day + timedelta(days=1), time(), session.zone)
    last = after - timedelta(milliseconds=1)
    today = session.now().astimezone(session.zone).date()
    return session.now() if day == today else last


def _state(one: Holding, language: str) -> str:
    if one.disabled:
        return tr("disabled", language)
    return "" if one.delegated else tr("no delegation in force", language)
