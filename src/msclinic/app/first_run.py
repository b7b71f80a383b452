"""The steps of a first run and what each must hold before the next one; no window in it."""

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, frozen

from msclinic.domain.values import Clock
from msclinic.services.founding import Founding, SiteDetails, found_clinic
from msclinic.study import Study, StudyMistakes, load_study
from msclinic.vault import Cost, check_password
from msclinic.wording import tr

__all__ = ["STEPS", "FirstRun"]

STEPS = ("site", "people", "study", "recovery")


@frozen
class FirstRun:
    """What has been typed so far.

    Attributes:
        home: Folder of the new clinic.
        study_folder: Folder of the study to activate.
        code: Site code.
        city: Where the site is.
        zone: IANA name of the time zone.
        admin_password: Typed by the admin.
        admin_again: Typed a second time.
        investigator_password: Typed by the PI.
        investigator_again: Typed a second time.
    """

    home: Path
    study_folder: Path
    code: str = ""
    city: str = ""
    zone: str = "Europe/Warsaw"
    admin_password: str = ""
    admin_again: str = ""
    investigator_password: str = ""
    investigator_again: str = ""

    def with_changes(self, **changes: str) -> "FirstRun":
        """The same with other answers."""
        typed: dict[str, Any] = {key: text.strip("\n") for key, text in changes.items()}
        return evolve(self, **typed)

    def problem(self, step: str) -> str:
        """What is still wrong in a step, as one sentence; empty when the next may come."""
        if step == "site":
            return self._site_problem()
        if step == "people":
            return self._people_problem()
        if step == "study":
            try:
                self.study()
            except StudyMistakes as found:
                first = found.mistakes[0]
                return tr(
                    "The study has {count} mistakes. The first: {file}, line {line}: {sentence}",
                    count=len(found.mistakes),
                    file=first.file,
                    line=first.line,
                    sentence=first.sentence,
                )
        return ""

    def study(self) -> Study:
        """The study that will be activated.

        Raises:
            StudyMistakes: It has mistakes and does not open.
        """
        return load_study(self.study_folder)

    def found(self, clock: Clock, cost: Cost | None = None) -> Founding:
        """Found the clinic; the recovery key in the answer is shown once.

        Raises:
            UserError: A step still has a problem, or the folder holds a clinic.
        """
        site = SiteDetails(code=self.code.strip(), city=self.city.strip(), zone=self.zone)
        return found_clinic(
            self.home,
            site,
            self.admin_password,
            self.investigator_password,
            self.study_folder,
            clock,
            cost,
        )

    def _site_problem(self) -> str:
        if not re.fullmatch(r"[A-Z]{2}[0-9]{2}", self.code.strip()):
            return tr("The site code is two capital letters and two digits, such as PL01.")
        if not self.city.strip():
            return tr("Type the city of the site.")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return tr("This is not a time zone; write it like Europe/Warsaw.")
        return ""

    def _people_problem(self) -> str:
        for who, typed, again in (
            (tr("Admin"), self.admin_password, self.admin_again),
            (tr("Principal investigator"), self.investigator_password, self.investigator_again),
        ):
            weak = check_password(typed)
            if weak is not None:
                return f"{who}: {weak}"
            if typed != again:
                return tr("{who}: the two passwords differ.", who=who)
        if self.admin_password == self.investigator_password:
            return tr("Two people have two passwords.")
        return ""
