"""Queries that the program raises itself, when a form is completed.

A blocking finding that stays open becomes a query that waits for the site. A finding that was kept
or overridden with a reason becomes one that the site has answered already, by that reason; it
waits to be closed. The study says of which findings (setting `query_findings`). The key follows
from rule and item, and entry from the value, so that two devices write the same query once.
"""

import hashlib

from msclinic.domain.queries import ANSWERED, OPEN, PROGRAM
from msclinic.domain.values import Finding
from msclinic.forms.session import Ref
from msclinic.record import Computation
from msclinic.services.entry_record import OpenForm
from msclinic.services.gateway import Act
from msclinic.services.query_record import query_path
from msclinic.study import Study

__all__ = ["program_query_key", "queried_severities", "write_program_queries"]

_KEY = 32
_VERSION = 16


def queried_severities(study: Study) -> frozenset[str]:
    """Severities of findings that become queries at completion (setting `query_findings`)."""
    setting = study.settings.get("query_findings")  # an earlier study does not have it
    asked = str(setting.value) if setting is not None else "none"
    return frozenset(part.strip() for part in asked.split(",")) - {"none"}


def program_query_key(rule: str, path: str) -> str:
    """The key of the query of one rule about one item, the same on every device."""
    return hashlib.sha256(f"{rule} {path}".encode()).hexdigest()[:_KEY]


def write_program_queries(act: Act, entry: OpenForm) -> None:
    """Add to the act that completes a form the queries that its findings ask for.

    A finding of a value about which the program has asked before is not asked again; after the
    value has changed it is, and opens the same query again.

    Args:
        act: The act that completes the form.
        entry: The form.
    """
    severities = queried_severities(entry.session.study)
    for ref in entry.refs():
        for finding, reason in entry.rule_findings(ref):
            if finding.severity in severities:
                _write(act, entry, ref, finding, reason)


def _write(act: Act, entry: OpenForm, ref: Ref, finding: Finding, reason: str | None) -> None:
    scope = entry.path(ref)
    rule = f"{entry.form.oid}.{ref[2]}.{finding.code}"
    path = query_path(program_query_key(rule, scope))
    known = {head.entry for one in entry.sources(ref) for head in entry.heads(one)}
    inputs = tuple(sorted(known | ({reason} if reason is not None else set())))
    for row in act.uow.trail(entry.participant, path):
        asked = row.entry.computed
        if asked is not None and known <= set(asked.inputs):
            return
    value = {
        "type": "query",
        "value": OPEN if reason is None else ANSWERED,
        "scope": scope,
        "side": PROGRAM,
        "rule": rule,
        "severity": finding.severity,
        "words": dict(finding.message),
    }
    act.set(
        "query_raised",
        path,
        value if reason is None else value | {"kept": reason},
        participant=entry.participant,
        computed=Computation(rule, entry.session.study.version[:_VERSION], inputs),
    )
