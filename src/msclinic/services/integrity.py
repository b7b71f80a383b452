"""Whether the program is the one that was installed, and what is done when it is not (R-VAL-4).

Each file is compared with the SHA-256 that the wheel's RECORD gives for it. A changed program is
said on screen and stands in the record; it goes on, because a participant may be in the chair.
"""

import base64
import csv
import hashlib
import json
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from attrs import frozen

from msclinic import __version__
from msclinic.domain.errors import KnownFault
from msclinic.services.gateway import recording
from msclinic.services.session import Session
from msclinic.wording import tr

__all__ = [
    "INCIDENT_ROOT",
    "ProgramFiles",
    "changed_program",
    "check_program",
    "record_incident",
    "version_line",
]

INCIDENT_ROOT = "site/incident"
_MOST_NAMED = 20


@frozen
class ProgramFiles:
    """What the check of the program's own files found.

    Attributes:
        installed: Whether there is a list to check against; not so for a checkout.
        checked: How many files were compared.
        changed: Files that are missing or not as installed, by their path below the package.
    """

    installed: bool
    checked: int = 0
    changed: tuple[str, ...] = ()


def check_program(name: str = "msclinic") -> ProgramFiles:
    """Compare the installed program with what was installed.

    Args:
        name: Name of the installed distribution.
    """
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return ProgramFiles(installed=False)
    listed = found.read_text("RECORD")
    if listed is None or _is_editable(found):
        return ProgramFiles(installed=False)
    checked, changed = 0, []
    for path, digest, *_ in csv.reader(listed.splitlines()):
        if not digest:
            continue  # RECORD itself, and what Python compiles afterwards.
        checked += 1
        if not _as_recorded(Path(str(found.locate_file(path))), digest):
            changed.append(path)
    return ProgramFiles(True, checked, tuple(sorted(changed)))


def version_line(files: ProgramFiles | None) -> str:
    """Version and state of the program as one line.

    Args:
        files: What the check found; none while it runs.
    """
    version = f"msclinic {__version__}"
    if files is None:
        return version
    if not files.installed:
        return f"{version} · {tr('not an installed program: files are not checked')}"
    if files.changed:
        return f"{version} · {tr('program files were changed')}"
    return f"{version} · {tr('program files are as installed')}"


def changed_program(files: ProgramFiles) -> KnownFault | None:
    """What a person is told of a changed program; none where it is as installed."""
    if not files.changed:
        return None
    return KnownFault(
        "program_changed",
        what="Files of this program are not as they were installed.",
        why="Changed or missing: {count}, the first is {first}.",
        what_to_do="Tell the admin now; install the program anew. It is recorded as an incident.",
        parameters={"count": len(files.changed), "first": files.changed[0]},
    )


def record_incident(session: Session, kind: str, details: Iterable[str]) -> bool:
    """Record that something about program or record is wrong; the same finding only once.

    Args:
        session: Who is signed in when it is found.
        kind: ``program_changed`` or ``record_faults``.
        details: Names of files, or codes and places of faults; no value of a participant.

    Returns:
        Whether it was new.
    """
    found = sorted(details)
    digest = hashlib.sha256("\n".join(found).encode()).hexdigest()
    value = {
        "type": "incident",
        "kind": kind,
        "count": str(len(found)),
        "value": "; ".join(found[:_MOST_NAMED]),
        "digest": digest,
        "program": __version__,
    }
    path = f"{INCIDENT_ROOT}/{kind}"
    with recording(session) as act:
        known = [(head.value or {}).get("digest") for head in act.current(path)]
        if digest in known:
            return False
        act.set("incident_recorded", path, value)
    return True


def _is_editable(found: metadata.Distribution) -> bool:
    """Whether the program runs from a checkout that people work on."""
    try:
        direct = json.loads(found.read_text("direct_url.json") or "{}")
        return bool(direct.get("dir_info", {}).get("editable", False))
    except (ValueError, AttributeError):
        return False


def _as_recorded(path: Path, digest: str) -> bool:
    kind, _, wanted = digest.partition("=")
    if kind != "sha256":
        return False
    try:
        found = hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == wanted
