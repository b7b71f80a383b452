"""What a person has turned to in a run: a phase, a round, a way out, or where the run itself is."""

from msclinic.services.infusion.view import RunView
from msclinic.ui.infusion.sight import Sight, phase_at_hand, round_open, stage

__all__ = ["Whereabouts"]


class Whereabouts:
    """Where a person is; nothing of it is in the record.

    Attributes:
        chosen: The phase turned to; empty for the one at hand.
        point: Point of the round that is open, or empty.
        way_out: defer or cancel while one of them is being asked about, or empty.
        rounds: How many rounds were begun anew here.
    """

    def __init__(self, view: RunView) -> None:
        """Begin where the run is: in a round that was begun and not finished, if there is one."""
        opened = round_open(view)
        self.chosen, self.way_out = "", ""
        self.point = opened.point if opened is not None else ""
        self.rounds = 0
        self._anew = False

    def phase(self, view: RunView) -> str:
        """The phase that is looked at."""
        return self.chosen or phase_at_hand(view)

    def stage(self, sight: Sight) -> str:
        """What stands in the middle, by name."""
        view = sight.view
        if self.way_out:
            return self.way_out
        if self.point and view.started_at is not None:
            return "round"
        what = stage(view, self.phase(view))
        mine = any(check.mine for check in view.checks)
        if what == "check" and not mine and sight.actor.may("enter:bedside_check"):
            # Looking at the screen must not make anybody a checker.
            return "check_begin"
        return what

    def to_phase(self, view: RunView, phase: str) -> None:
        """Look at a phase; at the one at hand, whatever round is open in it stays."""
        self.chosen = "" if phase == phase_at_hand(view) else phase
        self.way_out = ""
        if self.chosen:
            self.point = ""

    def to_round(self, point: str, *, anew: bool) -> None:
        """Open a round, or begin another of its point."""
        self.point, self.chosen, self.way_out = point, "", ""
        self._anew = anew
        self.rounds += anew

    def to_way_out(self, key: str) -> None:
        """Ask about deferring or cancelling."""
        self.way_out = key

    def forward(self) -> None:
        """Whatever was done, the run leads on from where it is; an open round stays open."""
        self.chosen, self.way_out = "", ""

    def back(self) -> None:
        """Back to where the run is."""
        self.forward()
        self.point = ""

    def take_anew(self) -> bool:
        """Whether the round is to be measured anew; asked once for each time it is begun."""
        anew, self._anew = self._anew, False
        return anew
