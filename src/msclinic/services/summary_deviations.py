"""Deviations of a visit as the summary prints them: those recorded and those found by rule.

A deviation that nobody classified yet is printed all the same, as not classified.
"""

from msclinic.reports.day_model import Signer
from msclinic.reports.summary_model import Deviation
from msclinic.services.infusion.deviation_record import DeviationState, deviation_states
from msclinic.services.infusion.facts import deviation_root
from msclinic.services.visit_reading import VisitReading, shown_account
from msclinic.store import Head
from msclinic.wording import tr

__all__ = ["run_deviations"]

_KINDS = {
    "WINDOW": "Visit window",
    "INTERVAL": "Interval",
    "NOT_DONE": "Not done",
    "OVERRIDE": "Override",
    "START_BEFORE_GATE": "Start without a gate",
    "SAME_CHECKER": "Second check",
    "VITALS_MISSED": "Vital signs missed",
    "OBSERVATION_SHORT": "Observation",
    "RATE_OFF": "Rate",
    "VOLUME_OFF": "Volume",
    "PUMP_DIFFERS": "Pump volume",
    "LATE_ENTRY": "Late entry",
}


def run_deviations(record: VisitReading) -> tuple[Deviation, ...]:
    """Every deviation of an infusion visit, each once."""
    place = f"{record.visit}/{record.visit_key}"
    reader, participant = record.reader, record.participant
    heads = {
        head.path.rsplit("/", 1)[1]: head
        for head in reader.heads(participant=participant, prefix=deviation_root(place))
    }
    states = deviation_states(record.session, reader, participant, record.visit, record.visit_key)
    return tuple(_deviation(record, state, heads.get(state.key)) for state in states)


def _deviation(record: VisitReading, state: DeviationState, head: Head | None) -> Deviation:
    language = record.words.language
    signed = None
    if state.classified and head is not None:
        role = head.role or ""
        known = record.session.study.roles.get(role)
        title = known.title.text(language) if known is not None else role
        account = shown_account(record.session, head.actor or "", role)
        signed = Signer(account, title, head.recorded_at)
    return Deviation(
        code=tr(_KINDS.get(state.code, state.code), language),
        text=state.text.get(language) or state.text["en"],
        classification=tr(state.importance, language) if state.classified else "",
        comment=state.comment,
        signed=signed,
    )
