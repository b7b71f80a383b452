"""The document "Participant over time": made from the record as it is now, never kept or signed.

The PDF modules are imported late: they take half a second.
"""

from pathlib import Path

from msclinic.services.outgoing import hand_out
from msclinic.services.over_time import demand_over_time, over_time
from msclinic.services.participants import find_participant
from msclinic.services.session import Session

__all__ = ["over_time_file", "over_time_pdf"]


def over_time_pdf(session: Session, participant: str, language: str = "en") -> bytes:
    """The document as it would be now, with what the role may see.

    Args:
        session: Who asks.
        participant: Random id.
        language: Of the document.

    Raises:
        Refused: The role may not see participants over time.
        UserError: There is no such participant.
    """
    from msclinic.reports.over_time import build_over_time

    return build_over_time(over_time(session, participant, language), language).pdf


def over_time_file(
    session: Session, participant_code: str, out: Path, language: str = "en"
) -> None:
    """Write the document to a file; it is there whole or not at all.

    Args:
        session: Who asks.
        participant_code: Such as ``PL01-007``.
        out: The file to write.
        language: Of the document.

    Raises:
        Refused: The role may not see participants over time.
        UserError: There is no such participant, or the target lies inside a clinic or is no file.
        KnownFault: The file cannot be written.
    """
    demand_over_time(session)
    participant = find_participant(session, participant_code)
    hand_out(out, over_time_pdf(session, participant, language), session.home)
