"""Rows of the run's forms as the domain's own values; a row that cannot be read yet is left out."""

from datetime import datetime
from decimal import Decimal

from msclinic.domain.infusion.facts import LateEntry, LineCheck, Product
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    VITAL_SIGNS,
)
from msclinic.domain.infusion.volume import Interruption, RateStep
from msclinic.domain.values import Code
from msclinic.services.entry_findings import happened_at
from msclinic.services.infusion.visit_record import FormInstance, VisitRecord
from msclinic.study import Study

__all__ = ["interruptions", "late_entries", "line_checks", "product", "rate_steps"]


def product(release: FormInstance) -> Product | None:
    """All that masked staff learn of the preparation; none before it was begun."""
    answers = release.answers()
    if not answers:
        return None
    kit, volume = answers.get("PR_KIT"), answers.get("PR_VOLUME")
    prepared, before = answers.get("PR_PREPARED_AT"), answers.get("PR_USE_BEFORE")
    return Product(
        kit=kit if isinstance(kit, str) else None,
        volume=volume if isinstance(volume, Decimal) else None,
        prepared_at=prepared if isinstance(prepared, datetime) else None,
        use_before=before if isinstance(before, datetime) else None,
        released=answers.get("PR_RELEASED") == Code("Y"),
    )


def rate_steps(infusion: FormInstance) -> tuple[RateStep, ...]:
    """Rates set on the pump, in order of time."""
    steps = [
        RateStep(at, Decimal(rate))
        for _, row in infusion.rows("rate_step")
        if isinstance(at := row.get("D02_TIME"), datetime)
        and isinstance(rate := row.get("D02_RATE"), Decimal | int)
    ]
    return tuple(sorted(steps, key=lambda step: step.at))


def interruptions(infusion: FormInstance) -> tuple[Interruption, ...]:
    """Pauses in order of time."""
    found = []
    for _, row in infusion.rows("interruption"):
        start, end = row.get("D05_START"), row.get("D05_END")
        reason, volume = row.get("D05_REASON"), row.get("D05_VOLUME")
        if isinstance(start, datetime):
            found.append(
                Interruption(
                    start,
                    end if isinstance(end, datetime) else None,
                    reason.value if isinstance(reason, Code) else "",
                    volume if isinstance(volume, Decimal) else None,
                )
            )
    return tuple(sorted(found, key=lambda pause: pause.start))


def line_checks(infusion: FormInstance) -> tuple[LineCheck, ...]:
    """Looks at the line in order of time."""
    found = []
    for _, row in infusion.rows("line_check"):
        at, vip, volume = row.get("D04_TIME"), row.get("D04_VIP"), row.get("D04_VOLUME")
        if isinstance(at, datetime):
            found.append(
                LineCheck(
                    at,
                    vip if isinstance(vip, int) else None,
                    volume if isinstance(volume, Decimal) else None,
                    row.get("D04_EXTRAVASATION") == Code("Y"),
                )
            )
    return tuple(sorted(found, key=lambda check: check.at))


def late_entries(record: VisitRecord, study: Study) -> tuple[LateEntry, ...]:
    """Answers that tell when something happened, and when they were typed."""
    return tuple(
        LateEntry(item, min(moments), head.typed_at)
        for oid in (FIT_TO_DOSE, VITAL_SIGNS, BEDSIDE_CHECK, INFUSION, AFTER_INFUSION)
        for (form, _), instance in record.forms.items()
        if form == oid
        for (_, _, item), head in instance.items.items()
        if (moments := happened_at(study.form(oid).item(item), head))
    )
