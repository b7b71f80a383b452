"""Scenarios: a site proves its own study by playing it through the services.

A scenario is a YAML file in the study's ``scenarios/`` folder; ``docs/scenarios.md`` says how one
is written. It is played on a real encrypted home of made-up people; nothing here knows a screen.
"""

from msclinic.services.scenarios.loader import ScenarioFile, read_scenarios
from msclinic.services.scenarios.mistakes import SCENARIO_MISTAKES, UNHELD
from msclinic.services.scenarios.player import Played, TurningClock, play_scenarios
from msclinic.services.scenarios.report import as_json, as_lines
from msclinic.services.scenarios.stage import ZONE

__all__ = [
    "SCENARIO_MISTAKES",
    "UNHELD",
    "ZONE",
    "Played",
    "ScenarioFile",
    "TurningClock",
    "as_json",
    "as_lines",
    "play_scenarios",
    "read_scenarios",
]
