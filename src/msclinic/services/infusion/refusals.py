"""The refusal of a gate: it names everything that keeps it shut, in the languages of the study."""

from msclinic.domain.infusion.checklist import Blocker
from msclinic.services.session import Refused

__all__ = ["GateShut"]


class GateShut(Refused):
    """A gate does not let this pass now.

    Attributes:
        gate: G1 to G7.
        status: shut, open, void or expired.
        blockers: What keeps it shut; they may name answers and belong on the screen only.
    """

    def __init__(self, gate: str, status: str, blockers: tuple[Blocker, ...]) -> None:
        """Say which gate; the blockers stay out of the sentences."""
        super().__init__(
            "gate_shut",
            what="Gate {gate} is not passed.",
            why="{count} things keep it shut, or a signature is wanting.",
            what_to_do="Clear them one by one; the gate shows each.",
            parameters={"gate": gate, "count": len(blockers)},
        )
        self.gate = gate
        self.status = status
        self.blockers = blockers

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the blockers, each once, in order."""
        return tuple(dict.fromkeys(blocker.code for blocker in self.blockers))
