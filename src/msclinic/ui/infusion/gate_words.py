"""Gates in words: what keeps one shut and what to do, who is to sign, until when it is valid.

The rules are the domain's and the study's; this only chooses words for what they found.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.items import ITEMS, VITAL_SIGNS
from msclinic.services.infusion.view import GateView
from msclinic.services.people import account_code
from msclinic.study import Study
from msclinic.ui.infusion.gate_panel import GateLine, GateShown
from msclinic.ui.infusion.meters import minutes_text
from msclinic.ui.widgets import Gate
from msclinic.wording import current_language, plural, time_text, tr

__all__ = ["blocker_words", "gate_name", "gate_row", "gate_shown", "seat_name"]

_MOST_CLEAR = 9
_OPEN = ("UNANSWERED", "OPEN_ITEM")
_WAITS = (
    "NO_PRODUCT",
    "CHECK_MISSING",
    "CHECK_NOT_FINISHED",
    "NOT_CONFIRMED",
    "NOT_ENDED",
    "OBSERVATION_SHORT",
    "RELEASE_TOO_EARLY",
    "VITALS_INCOMPLETE",
    "DEVIATIONS_OPEN",
    "GATE_UNSIGNED",
    "POINT_UNREPORTED",
    "REASON_WANTED",
    "G1_NOT_PASSED",
    "G2_NOT_PASSED",
    "G3_NOT_PASSED",
)


def gate_name(name: str) -> str:
    """A gate's plain name."""
    return {
        "G1": tr("fit to dose"),
        "G2": tr("product released"),
        "G3": tr("bedside check"),
        "G4": tr("start of the infusion"),
        "G6": tr("discharge"),
        "G7": tr("close of the visit"),
    }[name]


def seat_name(seat: str) -> str:
    """Who sits at a seat."""
    return {
        "PHY": tr("Physician"),
        "NUR": tr("Infusion nurse"),
        "NUR2": tr("Second nurse"),
        "PREP": tr("Preparer"),
        "PREP2": tr("Second preparer"),
    }.get(seat, seat)


def gate_row(view: GateView, zone: tzinfo, *, reached: bool = True) -> Gate:
    """One line beneath a phase; a gate that nobody has come to yet is not called shut."""
    name = view.gate
    if view.status == "passed":
        if view.valid_until is not None:
            until = time_text(view.valid_until, zone)
            return Gate(tr("{gate} signed, valid to {time}", gate=name, time=until), "open")
        at = [signed_at for _, signed_at in view.signed]
        time = time_text(max(at), zone) if at else ""
        return Gate(tr("{gate} signed {time}", gate=name, time=time), "open")
    if view.status == "void":
        return Gate(tr("{gate} void, sign again", gate=name), "shut")
    if view.status == "expired":
        return Gate(tr("{gate} expired, sign again", gate=name), "shut")
    if reached and any(_bad(blocker) for blocker in view.blockers):
        return Gate(tr("{gate} shut", gate=name), "shut")
    if reached and view.status == "open":
        waits = seat_name(view.signers[0])
        return Gate(tr("{gate} waits: {who}", gate=name, who=waits), "waits")
    return Gate(f"{name} {gate_name(name)}", "waits")


def gate_shown(
    view: GateView,
    zone: tzinfo,
    *,
    now: datetime,
    since: datetime | None = None,
    note: str = "",
    acts: tuple[tuple[str, str], ...] = (),
    beside: Callable[[Blocker], tuple[tuple[str, str], ...]] = lambda _: (),
    study: Study,
) -> GateShown:
    """A gate for its panel.

    Args:
        view: How it stands.
        zone: Time zone of the site.
        now: The present.
        since: Since when it waits, if that is known.
        note: A rule worth knowing here.
        acts: Other ways on.
        beside: What can be done about a blocker, as keys and words.
        study: Names what is measured.
    """

    def line(blocker: Blocker) -> GateLine:
        return _line(view.gate, blocker, beside(blocker), study)

    lines = [line(blocker) for blocker in view.blockers if _bad(blocker)]
    lines += _missing(view.blockers)
    lines += [line(blocker) for blocker in view.blockers if blocker.code in _WAITS]
    lines = list(dict.fromkeys(lines))
    lines += _signed(view, zone)
    lines += _to_sign(view, now=now, since=since, zone=zone)
    return GateShown(
        title=tr("Gate {gate}, {name}", gate=view.gate, name=gate_name(view.gate)),
        chip=_chip(view),
        lines=tuple(lines),
        clear=_clear(view.clear),
        note=note,
        acts=acts,
    )


def _bad(blocker: Blocker) -> bool:
    return blocker.code not in _OPEN and blocker.code not in _WAITS


def _chip(view: GateView) -> tuple[str, str, str]:
    if view.status == "passed":
        return tr("Signed"), "ok", "gate_open"
    if view.status == "void":
        return tr("Void"), "stop", "stop"
    if view.status == "expired":
        return tr("Expired"), "attention", "attention"
    if view.status == "open":
        return tr("Ready to sign"), "accent", "in_progress"
    if any(_bad(blocker) for blocker in view.blockers):
        return tr("Shut"), "stop", "gate_shut"
    return tr("Not yet"), "neutral", "gate_shut"


def blocker_words(blocker: Blocker, study: Study) -> str:
    """What keeps a gate shut; measures are called what the form calls them."""
    language = current_language()
    text = blocker.pl if language == "pl" else blocker.en
    named = blocker.parameters.get("measure", "") or blocker.parameters.get("missing", "")
    for oid in filter(None, named.split(", ")):
        if oid in _measures(study):
            text = text.replace(oid, study.form(VITAL_SIGNS).item(oid).label.text(language))
    return text


def _measures(study: Study) -> set[str]:
    return {item.oid for item in study.form(VITAL_SIGNS).item_group("reading").items}


def _line(gate: str, blocker: Blocker, acts: tuple[tuple[str, str], ...], study: Study) -> GateLine:
    text = blocker_words(blocker, study)
    first, rest = _parted(text)
    advice = _advice(blocker)
    never = ""
    if gate in ("G1", "G7") and _bad(blocker) and not blocker.overridable:
        never = tr("It can never be overridden.")
    detail = " ".join(part for part in (rest, advice, never) if part)
    if _bad(blocker):
        return GateLine("stop", "stop", first, detail, acts)
    return GateLine("waits", "text2", first, detail, acts)


def _parted(text: str) -> tuple[str, str]:
    """The first sentence, and the rest; a name with its finding is parted at the colon."""
    for mark in (". ", ": "):
        head, found, rest = text.partition(mark)
        if found:
            return head.rstrip("."), rest[:1].upper() + rest[1:]
    return text.rstrip("."), ""


def _advice(blocker: Blocker) -> str:
    said = {
        "VITALS_HOLD": tr("Measure again after rest, or the physician overrides with a reason."),
        "NEWS2_HOLD": tr("Measure again after rest, or the physician overrides with a reason."),
        "VITALS_INCOMPLETE": tr("Measure what is missing."),
        "DOSING_OFF": tr("The principal investigator switches dosing on, with a signature."),
        "STOP_ON_RECORD": tr("No dose is given. Cancel the infusion."),
        "NO_PRODUCT": tr("The preparers fill in and sign the release."),
        "CHECK_MISSING": tr("Each person signs in and answers without seeing the other."),
        "CHECK_NOT_FINISHED": tr("All answers, then Finish."),
        "MISMATCH": tr("Look together. Whoever misread changes the own answer."),
        "USE_BEFORE_TOO_SOON": tr("Do not start. Call the physician."),
        "USE_BEFORE_PASSED": tr("Do not use it. Call the physician."),
        "WRONG_KIT": tr("Put it in quarantine and call the physician."),
        "DEVIATIONS_OPEN": tr("A physician or the coordinator says how important each is."),
        "POINT_UNREPORTED": tr("Take it now, or say that it was not done."),
        "REASON_WANTED": tr("Give the reason with one digit beside the answer."),
        "OBSERVATION_SHORT": tr("Wait, or the physician decides; leaving early is a deviation."),
    }.get(blocker.code, "")
    if said:
        return said
    if blocker.overridable:
        return tr("Correct it, or the physician overrides it with a reason.")
    if blocker.code in ("FAILED", "NOT_DONE", "UNKNOWN"):
        return tr("Correct it, defer or cancel.")
    return ""


def _missing(blockers: Sequence[Blocker]) -> list[GateLine]:
    found: dict[str, list[str]] = {}
    for blocker in blockers:
        if blocker.code in _OPEN:
            who = blocker.parameters.get("checker", "")
            found.setdefault(who, []).append(_short(blocker.item))
    lines = []
    for who, items in found.items():
        count = plural(len(items), one="{count} item open", other="{count} items open")
        names = list(dict.fromkeys(items))
        text = f"{seat_name(who)}: {count}" if who else count
        lines.append(GateLine("waits", "text2", text, ", ".join(names)))
    return lines


def _short(item: str) -> str:
    """The number that the checklist gives an item: ``A25``."""
    last = item.rsplit("/", 1)[-1]
    return last.split("_")[0] if last in ITEMS and last[0] in "ACDE" else last


def _signed(view: GateView, zone: tzinfo) -> list[GateLine]:
    lines = []
    for account, signed_at in view.signed:
        who, time = account_code(account), time_text(signed_at, zone)
        detail = ""
        if view.valid_until is not None:
            until = time_text(view.valid_until, zone)
            detail = tr("Valid until {time}", time=until)
        text = tr("{who} signed at {time}", who=who, time=time)
        expired = view.status == "expired"
        lines.append(
            GateLine("attention" if expired else "ok", "att" if expired else "ok", text, detail)
        )
    return lines


def _to_sign(
    view: GateView, *, now: datetime, since: datetime | None, zone: tzinfo
) -> list[GateLine]:
    lines = []
    for place, seat in enumerate(view.signers):
        ready = view.status in ("open", "void", "expired")
        if ready and place == 0:
            detail = tr("Can sign now.")
            if since is not None and now - since >= timedelta(minutes=1):
                detail = tr(
                    "Can sign now. Waits since {time}, for {span}.",
                    time=time_text(since, zone),
                    span=minutes_text(now - since),
                )
            text = tr("{who} signs", who=seat_name(seat))
            lines.append(GateLine("in_progress", "accent", text, detail))
        else:
            detail = (
                tr("Signs after the other person.") if ready else tr("When the above is clear.")
            )
            text = tr("{who} signs", who=seat_name(seat))
            lines.append(GateLine("waits", "text2", text, detail))
    return lines


def _clear(items: Sequence[str]) -> tuple[str, ...]:
    language = current_language()
    names = []
    for item in items:
        rule = ITEMS.get(item)
        if rule is not None:
            names.append(rule.pl if language == "pl" else rule.en)
    names = list(dict.fromkeys(names))
    if len(names) > _MOST_CLEAR:
        more = len(names) - _MOST_CLEAR + 1
        return (*names[: _MOST_CLEAR - 1], tr("and {count} more", count=more))
    return tuple(names)
