"""Queries in words: who asks, what is wanted, how they stand."""

from msclinic.domain.queries import ANSWERED, OPEN, PROGRAM
from msclinic.services.participants import masked_rater
from msclinic.services.query_model import Message, Query
from msclinic.services.session import Session
from msclinic.wording import current_language, tr

__all__ = ["asks_whom", "kind_words", "query_chip", "query_words", "status_words", "who_words"]


def status_words(status: str) -> str:
    """How a query stands."""
    return {OPEN: tr("Query open"), ANSWERED: tr("Query answered")}.get(status, tr("Query closed"))


def query_chip(status: str) -> tuple[str, str, str]:
    """Word, tone and icon of a query's state."""
    tone = {OPEN: "attention", ANSWERED: "accent"}.get(status, "neutral")
    return status_words(status), tone, "ok" if tone == "neutral" else "query"


def query_words(query: Query) -> str:
    """What was said last; what the program found where it asks."""
    language = current_language()
    finding = query.finding.get(language) or query.finding.get("en", "")
    return query.text or finding or status_words(query.status)


def kind_words(message: Message) -> str:
    """What a message does."""
    return {"ask": tr("Asked"), "answer": tr("Reply"), "close": tr("Closed")}[message.kind]


def who_words(session: Session, account: str, role: str) -> str:
    """Who said or entered it; a masked rater is told the role alone."""
    language = current_language()
    known = session.study.roles.get(role)
    title = known.short.text(language) if known is not None else role
    if not title:
        return tr("the program")
    if masked_rater(session) and account:
        own = account.replace(" ", "-") == session.account
        return tr("you") if own else title
    return f"{account} · {title}" if account else title


def asks_whom(side: str) -> str:
    """Which side raised a query."""
    if side == PROGRAM:
        return tr("Raised by the program")
    return tr("Raised by the sponsor") if side == "sponsor" else tr("Raised at the site")
