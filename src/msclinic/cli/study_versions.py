"""``msclinic study activate|versions``: another version of the study, signed by two people."""

import json
from argparse import Namespace
from typing import Any

from msclinic.cli.options import Exit
from msclinic.cli.scenarios import study_folder
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.services.study_versions import StudyVersion, activate, versions
from msclinic.study import load_study
from msclinic.wording import tr

__all__ = ["activate_version", "list_versions"]


def activate_version(
    session: Session, second: tuple[str, str], password: str, options: Namespace
) -> int:
    """Put the version of a folder into force.

    Args:
        session: Who signs first.
        second: Account and password of who signs second.
        password: Of the first.
        options: Name the folder.
    """
    study = load_study(study_folder(options))
    investigator = join(session, *second)
    try:
        activate(session, investigator, study, (password, second[1]))
    finally:
        investigator.close(keep_store=True)
    line = tr(
        "In force: version {label}, {version}", label=study.version_label, version=study.version
    )
    print(json.dumps({"version": study.version}) if options.json else line)
    return Exit.DONE


def list_versions(session: Session, options: Namespace) -> int:
    """Print every version that was ever in force, the newest first."""
    found = versions(session)
    if options.json:
        print(json.dumps({"versions": [_row(one) for one in found]}, ensure_ascii=False))
        return Exit.DONE
    for one in found:
        day = one.since.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
        who = ", ".join(by.account for by in one.signers)
        late = tr("later entries under it: {count}", count=one.late) if one.late else ""
        print(f"{one.version[:12]}  {one.label:<8} {day}  {who}  {late}".rstrip())
    return Exit.DONE


def _row(one: StudyVersion) -> dict[str, Any]:
    return {
        "version": one.version,
        "label": one.label,
        "since": one.since.isoformat(),
        "until": None if one.until is None else one.until.isoformat(),
        "signed": [
            {"account": by.account, "role": by.role, "at": by.at.isoformat()} for by in one.signers
        ],
        "late": one.late,
    }
