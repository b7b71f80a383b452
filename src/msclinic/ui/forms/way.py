"""The way through an open form: what is left of it, for whom, and the one next act.

It reads the form and decides nothing about it; the screen shows what it says.
"""

from collections.abc import Mapping

from attrs import frozen

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.participants import masked_rater
from msclinic.ui.forms.sections import Progress, Section, progress_of, sections_of, step_of
from msclinic.ui.forms.standing import Standing, standing_of
from msclinic.ui.widgets.progress import Step
from msclinic.wording import current_language, plural, tr

__all__ = ["NextAct", "Way", "way_through"]

_MOST_NAMED = 3
_BUTTON_LETTERS = 28


@frozen
class NextAct:
    """What a person does next.

    Attributes:
        kind: item, section, complete, sign or leave.
        item: The item to go to.
        section: The section to open.
    """

    kind: str
    item: Ref | None = None
    section: str = ""


@frozen
class Way:
    """A form as it stands for the person who has it open.

    Attributes:
        entry: The open form.
        sections: Its sections, in order.
        progress: How far each is, by its key.
        standing: How the form stands in the record.
    """

    entry: FormEntry
    sections: tuple[Section, ...]
    progress: Mapping[str, Progress]
    standing: Standing

    @property
    def left(self) -> int:
        """Things to do in the whole form, by anybody."""
        return sum(one.left for one in self.progress.values())

    def left_count(self) -> str:
        """How many answers are missing and how many wait to be settled; empty where none do."""
        blank = sum(one.blank for one in self.progress.values())
        asking = sum(len(one.asking) for one in self.progress.values())
        if not asking:
            return plural(blank, one="{count} left:", other="{count} left:") if blank else ""
        if not blank:
            return tr("{count} to settle:", count=asking)
        return tr("{count} left, {asking} to settle:", count=blank, asking=asking)

    @property
    def to_sign(self) -> bool:
        """Whether this person has something to sign here."""
        return bool(self.standing.to_sign(self.entry.session, self.entry))

    def steps(self) -> list[Step]:
        """The sections as the list at the left shows them."""
        return [step_of(one, self.progress[one.key]) for one in self.sections]

    def progress_words(self) -> str:
        """How many of the answers that are asked for are given."""
        asked = sum(one.asked for one in self.progress.values())
        answered = sum(one.answered for one in self.progress.values())
        return tr("{done} of {all} answered", done=answered, all=asked)

    def mine(self, key: str) -> list[Ref]:
        """What this person can do in a section."""
        progress = self.progress.get(key)
        if progress is None or not self.entry.may_enter:
            return []
        able = [ref for ref in progress.open if not self.entry.state(ref).read_only]
        asking = [
            ref
            for ref in progress.asking
            if self.entry.form.item(ref[2]).computed or not self.entry.state(ref).read_only
        ]
        return [*dict.fromkeys((*asking, *able))]

    def section_at(self, key: str) -> Section:
        """The section of a key; the first one where it is gone."""
        return next((one for one in self.sections if one.key == key), self.sections[0])

    def section_with(self, item: Ref) -> str:
        """Key of the section that holds an item."""
        holding = (one.key for one in self.sections if item in one.refs)
        return next(holding, self.sections[0].key)

    def first_to_do(self) -> str:
        """Key of the section to begin with."""
        mine = (one.key for one in self.sections if self.mine(one.key))
        return next(mine, self.sections[0].key)

    def beside(self, key: str, by: int) -> str:
        """Key of the section so many further; empty where there is none."""
        keys = [one.key for one in self.sections]
        at = keys.index(key) + by
        return keys[at] if 0 <= at < len(keys) else ""

    def next_act(self, current: str) -> NextAct:
        """What comes next, seen from a section."""
        here = self.mine(current)
        if here:
            return NextAct("item", item=here[0])
        keys = [one.key for one in self.sections]
        at = keys.index(current) if current in keys else 0
        for key in [*keys[at + 1 :], *keys[:at]]:
            if self.mine(key):
                return NextAct("section", section=key)
        if self.entry.may_enter and not self.left and not self.standing.complete:
            return NextAct("complete")
        if not self.entry.may_enter and at + 1 < len(keys):
            return NextAct("section", section=keys[at + 1])
        if self.standing.complete and not self.left and self.to_sign:
            return NextAct("sign")
        return NextAct("leave")

    def next_words(self, act: NextAct) -> str:
        """What the button of the next act says."""
        language = current_language()
        if act.item is not None:
            name = self.entry.form.item(act.item[2]).label.text(language)
            return tr("Next: {what}", what=_short(name))
        if act.section:
            return tr("Next: {what}", what=_short(self.section_at(act.section).title))
        return {
            "complete": tr("Complete"),
            "sign": tr("Sign…"),
            "leave": tr("Back to my exams")
            if masked_rater(self.entry.session)
            else tr("Back to the participant"),
        }[act.kind]

    def left_words(self) -> tuple[str, str, str]:
        """What is left, by name, with icon and tone."""
        if not self.left:
            alarmed = any(one.stopped for one in self.progress.values())
            if self.standing.complete and alarmed and self.entry.unjudged():
                words = tr("Complete. A critical value waits for the physician.")
                return words, "attention", "att"
            if self.standing.complete:
                return tr("Complete; nothing is left."), "ok", "ok"
            return tr("All answered. Declare the form complete."), "ok", "ok"
        names = []
        progress = [self.progress[section.key] for section in self.sections]
        refs = [ref for one in progress for ref in one.open if ref not in one.asking]
        for ref in (*refs, *(ref for one in progress for ref in one.asking)):
            item = self.entry.form.item(ref[2])
            names.append(_in_sentence(item.label.text(current_language())))
        shown = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
        asking = any(one.asking for one in self.progress.values())
        return shown, "attention" if asking else "waits", "att"


def way_through(entry: FormEntry) -> Way:
    """How the form stands now."""
    sections = tuple(sections_of(entry))
    return Way(entry, sections, progress_of(entry, sections), standing_of(entry))


def _in_sentence(name: str) -> str:
    """A label within a sentence; abbreviations keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _short(words: str) -> str:
    """A name that fits into a button."""
    if len(words) <= _BUTTON_LETTERS:
        return words
    return words[:_BUTTON_LETTERS].rsplit(" ", 1)[0].rstrip(",;:") + " …"
