"""``msclinic study test``: plays a study's scenarios and says what held."""

import json
from argparse import Namespace
from pathlib import Path

from msclinic.app.clock import TurnedClock
from msclinic.cli.options import Exit
from msclinic.domain.errors import UserError
from msclinic.services.scenarios import ZONE, as_json, as_lines, play_scenarios, read_scenarios
from msclinic.shipped import shipped_study
from msclinic.study import Study, StudyMistakes, load_study

__all__ = ["scenarios_whole", "study_folder", "study_test"]


def study_folder(options: Namespace) -> Path:
    """The study's folder as named, or the shipped one.

    Raises:
        UserError: There is no such folder.
    """
    folder: Path = options.folder or shipped_study()
    if not folder.is_dir():
        raise UserError(
            "no_folder",
            what="There is no such folder.",
            why="A study is a folder of YAML files.",
            what_to_do="Name the folder that holds study.yaml.",
        )
    return folder


def scenarios_whole(folder: Path, study: Study) -> None:
    """Read a study's scenarios without playing them; a study may have none.

    Raises:
        StudyMistakes: A scenario names what the study does not have, or cannot be read.
    """
    try:
        files = read_scenarios(folder, study, ZONE)
    except UserError:
        return
    if mistakes := [mistake for one in files for mistake in one.mistakes]:
        raise StudyMistakes(mistakes)


def study_test(options: Namespace) -> int:
    """``msclinic study test [DIR]``: play every scenario; 1 where something did not hold."""
    folder = study_folder(options)
    study = load_study(folder)
    files = read_scenarios(folder, study, ZONE)
    ready = [one.scenario for one in files if one.scenario is not None]
    played = play_scenarios(ready, study, folder, TurnedClock)
    if options.json:
        print(json.dumps(as_json(files, played), ensure_ascii=False))
    else:
        for line in as_lines(files, played):
            print(line)
    held = all(one.scenario is not None for one in files) and not any(p.unheld for p in played)
    return Exit.DONE if held else Exit.FOUND_WRONG
