"""``msclinic demo``: a whole made-up clinic, then one infusion day and one exam at the windows.

Everything it leaves lies in one folder; only a folder that a demo made is replaced.
"""

import os
import sys
from argparse import Namespace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from msclinic.app.clock import SystemClock, TurnedClock
from msclinic.services.demo import FOUNDED_BEFORE, SITE, DemoClinic, build_demo
from msclinic.services.documents import document_bytes, documents_of
from msclinic.services.exporting import export_odm
from msclinic.services.home import write_whole
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import verify_home
from msclinic.ui.demo.folder import prepare_folder, write_accounts
from msclinic.wording import set_language, tr

__all__ = ["play_demo"]


def play_demo(options: Namespace) -> int:
    """Build the clinic, play the day, and say what was made and where.

    Args:
        options: ``out``, the folder; ``stay``, whether the window is left open.

    Returns:
        0 done, 1 the record does not prove itself.
    """
    if not _display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out: Path = options.out.expanduser().resolve()
    prepare_folder(out)
    zone = ZoneInfo(SITE.zone)
    today = SystemClock().now().astimezone(zone).date()
    morning = datetime.combine(today, time(7, 30), zone).astimezone(UTC)
    clock = TurnedClock(morning - FOUNDED_BEFORE)
    _say(tr("Building a clinic with 20 made-up participants in {folder}", folder=out))
    demo = build_demo(out / "workspace", clock, today, _Progress())
    write_accounts(out / "accounts.csv", demo.accounts)
    _say(tr("Playing {code}, {visit}, through the windows", code=demo.played, visit=demo.visit))
    pictures = _play(demo, clock, out)
    _papers(demo, clock, out)
    agrees = _prove(demo, out / "verify.txt")
    _say("")
    _say(tr("Made in {folder}:", folder=out))
    for name, what in (
        ("workspace/", tr("the clinic; open it with msclinic --home")),
        ("accounts.csv", tr("who can sign in, with passwords")),
        ("backups/", tr("the folder for backups that the coordinator chose")),
        ("summary.pdf", tr("visit summary of {code}, signed twice", code=demo.played)),
        ("export.xml", tr("the whole study as ODM-XML")),
        ("verify.txt", tr("the proof of the record")),
        ("screens/", tr("{count} pictures", count=pictures)),
    ):
        _say(f"  {name:<14} {what}")
    if options.stay and _display():
        return _stay(demo)
    return 0 if agrees else 1


def _play(demo: DemoClinic, clock: TurnedClock, out: Path) -> int:
    # Qt is loaded only now: building the clinic needs no screen.
    from msclinic.ui.demo.play import play

    return play(demo, clock, out / "screens", out / "backups", _say)


def _papers(demo: DemoClinic, clock: TurnedClock, out: Path) -> None:
    """The signed summary as the record keeps it, and the export."""
    passwords = {account: password for account, _, password in demo.accounts}
    participant = demo.participants[demo.played]
    nurse = sign_in(demo.home, "NUR-04", passwords["NUR-04"], clock)
    try:
        signed = [
            one
            for one in documents_of(nurse, participant)
            if one.visit == demo.visit and one.state == "complete"
        ]
        write_whole(out / "summary.pdf", document_bytes(nurse, signed[-1].id))
    finally:
        nurse.close()
    manager = sign_in(demo.home, "DM-01", passwords["DM-01"], clock)
    try:
        export_odm(manager, out / "export.xml")
    finally:
        manager.close()


def _prove(demo: DemoClinic, out: Path) -> bool:
    password = next(word for account, _, word in demo.accounts if account == "MON-01")
    faults = verify_home(demo.home, "MON-01", password)
    lines = [f"{fault.code} {fault.where}: {fault.sentence}" for fault in faults]
    agrees = [tr("Chain, signatures, triggers and tables agree.")]
    out.write_text("\n".join(lines or agrees) + "\n", "utf-8")
    return not faults


def _stay(demo: DemoClinic) -> int:
    from msclinic.app.instance import HomeLock
    from msclinic.ui.main import application, make_window

    with HomeLock(demo.home.folder):
        window = make_window(demo.home, SystemClock())
        window.show()
        word = next(word for account, _, word in demo.accounts if account == "NUR-04")
        window.sign_in_as("NUR-04", word)
        return application().exec()


def _display() -> bool:
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Progress:
    """One line for every tenth of the way."""

    def __init__(self) -> None:
        set_language("en")
        self._tenth = 0

    def __call__(self, title: str, step: int, steps: int) -> None:
        tenth = 10 * step // steps
        if tenth > self._tenth:
            self._tenth = tenth
            _say(f"  {10 * tenth:3d} %  {title}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
