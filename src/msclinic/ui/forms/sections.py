"""The sections of an open form and how far each of them is."""

from collections.abc import Iterable

from attrs import frozen

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.widgets.progress import Step
from msclinic.wording import current_language, plural, tr

__all__ = ["Progress", "Section", "progress_of", "sections_of", "step_of"]

# Findings that hold a form open until somebody answers them.
HOLDING = ("soft", "impossible")


@frozen
class Section:
    """A group of a form, or one repeat of it.

    Attributes:
        key: ``group``, or ``group/key`` for a repeat.
        group: OID of the group.
        repeats: Whether one more can be added.
        title: In the reader's language, with its number.
        refs: Its items; none where nothing was added yet.
    """

    key: str
    group: str
    repeats: bool
    title: str
    refs: tuple[Ref, ...]


@frozen
class Progress:
    """How far a section is.

    Attributes:
        open: Required items that are blank, in order.
        asking: Items that wait for a reason or a choice.
        stopped: Whether a value here keeps a gate shut, or alarms and waits for its judgement.
        answered: Items with an answer.
        asked: Items that apply and are asked or answered.
    """

    open: tuple[Ref, ...]
    asking: tuple[Ref, ...]
    stopped: bool
    answered: int
    asked: int

    @property
    def blank(self) -> int:
        """Answers that are missing."""
        return len({*self.open} - {*self.asking})

    @property
    def left(self) -> int:
        """Things to do."""
        return len({*self.open, *self.asking})


def sections_of(entry: FormEntry) -> list[Section]:
    """Sections in the form's order; those of which nothing applies are left out."""
    language = current_language()
    found = []
    for group in entry.form.item_groups:
        title = group.title.text(language)
        keys = entry.keys(group.oid)
        if group.repeating and not keys:
            found.append(Section(group.oid, group.oid, True, title, ()))
        for number, key in enumerate(keys, start=1):
            refs = tuple((group.oid, key, item.oid) for item in group.items)
            name = f"{title} {number}" if group.repeating else title
            whole = f"{group.oid}/{key}" if group.repeating else group.oid
            if group.repeating or any(_applies(entry, ref) for ref in refs):
                found.append(Section(whole, group.oid, group.repeating, name, refs))
    return found


def progress_of(entry: FormEntry, sections: Iterable[Section]) -> dict[str, Progress]:
    """How far each section is, by its key."""
    wanted, unjudged = frozenset(entry.open_items()), frozenset(entry.unjudged())
    return {one.key: _progress(entry, one, wanted, unjudged) for one in sections}


def _progress(
    entry: FormEntry, section: Section, wanted: frozenset[Ref], waiting: frozenset[Ref]
) -> Progress:
    states = [entry.state(ref) for ref in section.refs]
    severities = {found.severity for state in states for found in state.findings}
    unjudged = not waiting.isdisjoint(section.refs)
    return Progress(
        open=tuple(ref for ref in section.refs if ref in wanted),
        asking=tuple(
            state.ref
            for state in states
            if any(found.severity in HOLDING for found in state.findings)
        ),
        stopped="gate" in severities or ("alert" in severities and unjudged),
        answered=sum(state.answer is not None and state.relevant for state in states),
        asked=sum(
            state.relevant and (state.required or state.answer is not None) for state in states
        ),
    )


def step_of(section: Section, progress: Progress) -> Step:
    """A section as the list at the left shows it."""
    state = "not_begun"
    if progress.stopped:
        state = "stop"
    elif progress.asking:
        state = "attention"
    elif progress.answered and not progress.open:
        state = "done"
    elif progress.answered:
        state = "in_progress"
    note = _left_note(progress) if section.refs else tr("none")
    return Step(section.key, section.title, state, note)


def _left_note(progress: Progress) -> str:
    """What is missing; else what waits for a reason or a choice, which is not missing at all."""
    if progress.blank:
        return plural(progress.blank, one="{count} left", other="{count} left")
    if progress.asking:
        return tr("{count} to settle", count=len(progress.asking))
    return ""


def _applies(entry: FormEntry, ref: Ref) -> bool:
    state = entry.state(ref)
    return state.relevant or state.answer is not None
