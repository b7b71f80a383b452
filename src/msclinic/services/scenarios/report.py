"""What was played, as lines for a person and as an object for a program."""

from collections.abc import Iterable, Iterator
from typing import Any

from msclinic.services.scenarios.loader import ScenarioFile
from msclinic.services.scenarios.player import Played
from msclinic.study import Mistake
from msclinic.wording import plural, tr

__all__ = ["as_json", "as_lines"]


def as_lines(files: Iterable[ScenarioFile], played: Iterable[Played]) -> Iterator[str]:
    """One line for each scenario that held, one for each thing that did not."""
    faults = [mistake for one in files for mistake in one.mistakes]
    done = list(played)
    for mistake in faults:
        yield _line(mistake)
    for one in done:
        for mistake in one.unheld:
            yield _line(mistake)
        if not one.unheld:
            count = plural(
                one.expectations, one="{count} expectation", other="{count} expectations"
            )
            yield tr(
                "{file}: held, {count}: {title}",
                file=one.scenario.file,
                count=count,
                title=one.scenario.title,
            )
    held = sum(not one.unheld for one in done)
    wrong = len(done) - held
    unread = len({mistake.file for mistake in faults})
    parts = [plural(held, one="{count} scenario held", other="{count} scenarios held")]
    if wrong:
        parts.append(plural(wrong, one="{count} did not", other="{count} did not"))
    if unread:
        parts.append(plural(unread, one="{count} has mistakes", other="{count} have mistakes"))
    yield ", ".join(parts) + "."


def as_json(files: Iterable[ScenarioFile], played: Iterable[Played]) -> dict[str, Any]:
    """The same for a program."""
    rows: dict[str, dict[str, Any]] = {
        one.file: {
            "file": one.file,
            "scenario": "",
            "held": False,
            "expectations": 0,
            "mistakes": [_row(mistake) for mistake in one.mistakes],
            "unheld": [],
        }
        for one in files
    }
    for one in played:
        rows[one.scenario.file] |= {
            "scenario": one.scenario.title,
            "held": not one.unheld,
            "expectations": one.expectations,
            "unheld": [_row(mistake) for mistake in one.unheld],
        }
    return {"scenarios": list(rows.values())}


def _line(mistake: Mistake) -> str:
    about = f" {mistake.item}" if mistake.item else ""
    return f"{mistake.file}:{mistake.line}: {mistake.code}{about}: {mistake.sentence}"


def _row(mistake: Mistake) -> dict[str, object]:
    return {
        "line": mistake.line,
        "about": mistake.item,
        "code": mistake.code,
        "sentence": mistake.sentence,
    }
