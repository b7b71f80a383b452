"""The made-up participants of the demo: what each is like and how far each has come.

They are 20 persons; one of them was screened again and has two numbers. Nobody here is real; the
values only have to be plausible for progressive multiple sclerosis.
"""

from attrs import frozen

__all__ = ["PLAYED", "ROSTER", "MadeUp"]

PLAYED = 7
"""Number of the participant whose infusion day is left to be played through the windows."""


@frozen
class MadeUp:
    """One made-up participant.

    Attributes:
        number: Number at the site; ``PL01-007`` is 7.
        birth_year: Year of birth.
        sex: ``F`` or ``M``.
        course: ``PPMS`` or ``SPMS``.
        allergy: Known allergy in words, or empty.
        contact: Contact allergies.
        weight: Weight at screening, kg.
        pressure: Usual systolic and diastolic pressure.
        steps: EDSS at each exam, in the order of the visits.
        first_dose: Study day 1 in days from today; none before infusion 1 is booked.
        doses: Number of the last infusion given before today.
        today: Chair of today's infusion, or none.
        screened: Day of screening in days from today.
        missed: Numbers of infusions that were missed and skipped.
        fate: ``completed``, ``withdrawn``, ``samples``, ``no_product``, ``stopped``, ``lost``,
            ``died``, ``transferred`` or ``failed``; empty for who goes on.
        fate_day: Day of that in days from today.
        earlier: Number of the failed screening that this one follows.
        note: ``ae``, ``late``, ``unusual``, ``rated``, ``relapse``, ``error``, ``kit``,
            ``exam_wanted`` or ``no_consent``: what happens to this one.
    """

    number: int
    birth_year: int
    sex: str
    course: str
    allergy: str
    contact: tuple[str, ...]
    weight: str
    pressure: tuple[int, int]
    steps: tuple[str, ...]
    first_dose: int | None
    doses: int
    screened: int
    today: int | None = None
    missed: tuple[int, ...] = ()
    fate: str = ""
    fate_day: int = 0
    earlier: int = 0
    note: str = ""

    @property
    def given(self) -> tuple[int, ...]:
        """Numbers of the infusions given before today."""
        return tuple(one for one in range(1, self.doses + 1) if one not in self.missed)


ROSTER: tuple[MadeUp, ...] = (
    MadeUp(1, 1978, "F", "PPMS", "", ("NONE",), "64.0", (118, 74),
           ("4.0", "4.0", "4.0", "4.0", "4.5", "4.5"), -396, 4, -420,
           fate="completed", fate_day=-32),
    MadeUp(2, 1969, "M", "SPMS", "penicillin, rash", ("NONE",), "82.5", (132, 82),
           ("6.0", "6.0", "6.0", "6.5"), -190, 3, -217, note="ae"),
    MadeUp(3, 1983, "F", "PPMS", "", ("LATEX",), "58.5", (112, 70),
           ("3.5", "3.5", "4.0"), -140, 2, -168, fate="samples", fate_day=-20, note="late"),
    MadeUp(4, 1974, "M", "PPMS", "", ("NONE",), "77.0", (126, 78),
           ("5.0", "5.0", "5.5"), -201, 1, -229, fate="withdrawn", fate_day=-112),
    MadeUp(5, 1966, "F", "SPMS", "metamizole, urticaria", ("ADHESIVE",), "69.5", (138, 84),
           ("6.0", "6.0", "6.0"), -152, 1, -178, fate="stopped", fate_day=-147),
    MadeUp(6, 1980, "M", "PPMS", "", ("NONE",), "88.0", (124, 80),
           ("4.0", "4.0", "4.0", "4.5", "4.5"), -299, 4, -327, note="relapse"),
    MadeUp(PLAYED, 1979, "F", "PPMS", "penicillin, rash", ("LATEX",), "71.5", (124, 76),
           ("4.5", "4.5", "4.5"), -182, 2, -210, today=2),
    MadeUp(8, 1972, "F", "SPMS", "", ("NONE",), "61.0", (128, 80),
           ("5.5", "5.5", "5.5", "6.0"), -200, 3, -227, missed=(2,), note="unusual"),
    MadeUp(9, 1985, "M", "PPMS", "", ("NICKEL",), "79.5", (120, 76),
           ("3.0", "3.0"), -172, 1, -199, fate="lost", fate_day=-40),
    MadeUp(10, 1976, "F", "PPMS", "", ("NONE",), "66.5", (122, 78),
           ("4.0", "4.0", "4.0"), -93, 1, -119, today=1, note="kit"),
    MadeUp(11, 1968, "M", "SPMS", "iodine contrast, rash", ("NONE",), "84.0", (136, 86),
           ("6.5",), None, 0, -85, fate="failed", fate_day=-81),
    MadeUp(12, 1981, "F", "PPMS", "", ("NONE",), "73.0", (116, 72),
           ("3.5", "3.5"), -45, 1, -73, fate="no_product", fate_day=-15, note="rated"),
    MadeUp(13, 1970, "M", "PPMS", "", ("CHLORHEXIDINE",), "91.5", (130, 82),
           ("5.0", "5.0", "5.0"), -95, 1, -122, today=3, note="error"),
    MadeUp(14, 1987, "F", "PPMS", "", ("NONE",), "59.0", (114, 70),
           ("3.0", "3.0"), -30, 1, -57, fate="died", fate_day=-12),
    MadeUp(15, 1973, "M", "SPMS", "", ("NONE",), "86.5", (134, 84),
           ("6.0", "6.0"), -20, 1, -47, fate="transferred", fate_day=-5),
    MadeUp(16, 1984, "F", "PPMS", "ibuprofen, oedema", ("NONE",), "67.5", (120, 74),
           ("3.5",), None, 0, -140, fate="failed", fate_day=-136),
    MadeUp(17, 1977, "M", "PPMS", "", ("NONE",), "80.0", (126, 80),
           ("5.0", "5.0"), 0, 0, -27, today=4),
    MadeUp(18, 1982, "F", "PPMS", "", ("NONE",), "62.5", (118, 76),
           ("4.5", "4.5"), 1, 0, -26),
    MadeUp(19, 1971, "M", "SPMS", "", ("NONE",), "83.0", (132, 80),
           ("6.0",), None, 0, -2, note="exam_wanted"),
    MadeUp(20, 1990, "F", "PPMS", "", ("NONE",), "60.5", (112, 72),
           (), None, 0, 0, note="no_consent"),
    MadeUp(21, 1984, "F", "PPMS", "ibuprofen, oedema", ("NONE",), "67.5", (120, 74),
           ("3.5", "3.5"), 2, 0, -13, earlier=16),
)  # fmt: skip
