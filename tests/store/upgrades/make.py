"""Lives a little in a new home and keeps what its record says, with the program that is installed.

``python make.py FOLDER`` is run with an earlier program and its own ``tests`` on the path, so it
uses only what every version had. ``README.md`` says how each home here was made.
"""

import json
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.clinic import PASSWORDS, build_clinic
from tests.infusion_day import day_steps

from msclinic.services.entry import FormEntry
from msclinic.services.signing import sign
from msclinic.store.schema import FOLD_VERSION, REVISIONS

_UNTIL = "RUNNING"


def make(folder: Path) -> None:
    """A home in which forms were answered, corrected and signed and an infusion runs."""
    os.environ["MSCLINIC_STATE"] = str(folder / "state")
    clinic = build_clinic(folder / "home")
    answered, treated = clinic.enrol(1), clinic.enrol(2)
    vitals = FormEntry(clinic.session("NUR-04"), answered, "SCR", "vital_signs")
    vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5"))
    vitals.answer(vitals.ref("WEIGHT"), Decimal("72.5"), reason={"code": "1", "text": ""})
    scope = "SCR/1/demography/1"
    sign(clinic.session("CRC-01"), answered, scope, "form_entered", PASSWORDS["CRC-01"])
    for state in day_steps(clinic, treated, "V1"):
        if state == _UNTIL:
            break
    with clinic.session("CRC-01").store.read() as reader:
        heads = [
            [one.participant or "", one.path, one.value]
            for one in reader.heads()
            if not one.path.startswith("people/")
        ]
        signatures = [
            [one.participant or "", one.scope, one.meaning, one.actor, one.status]
            for one in reader.signatures()
        ]
        entries = reader.position().entries
    study = clinic.session("CRC-01").study
    clinic.close()
    kept = {
        "revision": REVISIONS[-1],
        "fold": FOLD_VERSION,
        "study": study.version,
        "entries": entries,
        "answered": answered,
        "treated": treated,
        "heads": sorted(heads, key=lambda one: one[:2]),
        "signatures": sorted(signatures),
        "passwords": PASSWORDS,
    }
    (folder / "kept.json").write_text(_lines(kept), "utf-8")


def _lines(kept: dict[str, Any]) -> str:
    """JSON with one line for each head and signature, so that a reader can find one."""
    parts = []
    for name, value in sorted(kept.items()):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if isinstance(value, list):
            rows = (json.dumps(one, ensure_ascii=False, sort_keys=True) for one in value)
            text = "[\n" + ",\n".join(rows) + "\n]"
        parts.append(f"{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    make(Path(sys.argv[1]))
