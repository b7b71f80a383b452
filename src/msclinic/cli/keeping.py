"""Backups and archives without a screen: what each prints and when it ends with 1."""

import json
from argparse import Namespace
from pathlib import Path

from msclinic.app.clock import SystemClock
from msclinic.app.paths import state_folder
from msclinic.cli.options import Exit
from msclinic.domain.errors import UserError
from msclinic.services.archive.checking import check_archive
from msclinic.services.archive.making import make_archive
from msclinic.services.backup.making import Report, back_up, one_backup
from msclinic.services.backup.places import add_place, places_of
from msclinic.services.home import Home
from msclinic.services.restore import newest_backup, rehearse, restore
from msclinic.services.session import Session
from msclinic.wording import filled, plural, tr

__all__ = ["archive_check", "archive_now", "backup_now", "rehearse_now", "restore_now"]


def backup_now(session: Session, options: Namespace) -> int:
    """Back up to one folder or to every chosen one; 1 where a chosen one could not take it."""
    session.require("backup")
    if options.add is not None:
        place = add_place(session.home, options.add)
        known = [str(one.folder) for one in places_of(session.home)]
        _say(
            options,
            {"places": known},
            [tr("Backups are kept in {folder} from now on.", folder=place.folder)],
        )
        return Exit.DONE
    report = one_backup(session, options.to) if options.to else back_up(session, "asked")
    _say(options, _told(report), _lines(report))
    return Exit.FOUND_WRONG if report.failed else Exit.DONE


def restore_now(options: Namespace, account: str, password: str) -> int:
    """Make a new home from a backup."""
    home = Home(options.home, state_folder())
    made = restore(options.backup, home, account, password, SystemClock())
    heads = {one: [seq, head] for one, (seq, head) in made.manifest.streams.items()}
    lines = [
        tr("Restored into {folder} and compared with the backup.", folder=made.home.folder),
        tr(
            "{entries} journal entries; the backup was made {made_at}.",
            entries=made.manifest.entries,
            made_at=made.manifest.made_at.isoformat(),
        ),
        tr("A new stream begins: {stream}", stream=made.stream),
        *(
            tr("Stream {stream} ends at entry {seq}: {head}", stream=one, seq=seq, head=head)
            for one, (seq, head) in sorted(made.manifest.streams.items())
        ),
    ]
    data = {"home": str(made.home.folder), "stream": made.stream, "heads": heads}
    _say(options, {**data, "entries": made.manifest.entries}, lines)
    return Exit.DONE


def rehearse_now(session: Session, options: Namespace, password: str) -> int:
    """Restore a backup on trial: the one named, or the newest."""
    session.require("backup")
    backup: Path = options.backup or newest_backup(session).path
    manifest = rehearse(session, backup, password)
    line = tr(
        "{file} was restored on trial, proved, and thrown away again; it is recorded.",
        file=backup.name,
    )
    _say(options, {"backup": str(backup), "entries": manifest.entries}, [line])
    return Exit.DONE


def archive_now(session: Session, options: Namespace, password: str) -> int:
    """Write the site's archive."""
    made = make_archive(session, options.out, password, recipients=options.recipient or ())
    lines = [
        tr("Archive written: {folder}", folder=made.folder),
        plural(made.files, one="{count} file, signed.", other="{count} files, signed."),
    ]
    if made.withheld:
        lines.append(
            plural(
                made.withheld,
                one="{count} entry lies in a sealed package.",
                other="{count} entries lie in sealed packages.",
            )
        )
    data = {
        "out": str(made.folder),
        "files": made.files,
        "entries": made.entries,
        "withheld": made.withheld,
        "sha256": made.sha256,
    }
    _say(options, data, lines)
    return Exit.DONE


def archive_check(options: Namespace) -> int:
    """Check an archive by itself; 1 where anything is not as it was made."""
    checked = check_archive(options.check)
    rows = [{"code": f.code, "where": f.where, "sentence": f.sentence} for f in checked.faults]
    lines = [f"{f.code} {f.where}: {f.sentence}" for f in checked.faults]
    if not checked.faults:
        lines = [
            tr("Files, signature and chain agree."),
            tr("Signed by {signer}, {made_at}.", signer=checked.signer, made_at=checked.made_at),
            tr(
                "Compare the authority's fingerprint with the one on paper: {authority}",
                authority=checked.authority,
            ),
        ]
        if checked.withheld:
            lines.append(
                plural(
                    checked.withheld,
                    one="{count} entry is sealed; only its place was checked.",
                    other="{count} entries are sealed; only their places were checked.",
                )
            )
    data = {
        "faults": rows,
        "signer": checked.signer,
        "authority": checked.authority,
        "entries": checked.entries,
        "withheld": checked.withheld,
    }
    _say(options, data, lines)
    return Exit.FOUND_WRONG if checked.faults else Exit.DONE


def _told(report: Report) -> dict[str, object]:
    return {
        "kept": [str(path) for path in report.kept],
        "failed": [_sentence(fault) for fault in report.failed],
        "removed": report.removed,
        "entries": report.manifest.entries,
        "heads": {one: [*head] for one, head in report.manifest.streams.items()},
    }


def _lines(report: Report) -> list[str]:
    lines = [tr("Backed up and proved: {file}", file=path) for path in report.kept]
    lines += [_sentence(fault) for fault in report.failed]
    if report.removed:
        lines.append(
            plural(
                report.removed,
                one="{count} old backup was let go.",
                other="{count} old backups were let go.",
            )
        )
    return lines


def _sentence(fault: UserError) -> str:
    return " ".join(filled(part, fault.parameters) for part in fault.sentences)


def _say(options: Namespace, data: dict[str, object], lines: list[str]) -> None:
    if options.json:
        print(json.dumps(data, ensure_ascii=False))
    else:
        print("\n".join(lines))
