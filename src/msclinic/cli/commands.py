"""The subcommands: each reads its options, asks a service, prints, and gives an exit code."""

import getpass
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import asdict

from msclinic.app.clock import SystemClock
from msclinic.app.instance import HomeLock
from msclinic.app.paths import state_folder
from msclinic.cli.journal import journal_file
from msclinic.cli.keeping import (
    archive_check,
    archive_now,
    backup_now,
    rehearse_now,
    restore_now,
)
from msclinic.cli.options import Exit
from msclinic.cli.people import people_command, recover_home, rights_command
from msclinic.cli.scenarios import scenarios_whole, study_folder, study_test
from msclinic.cli.study_versions import activate_version, list_versions
from msclinic.domain.errors import UserError
from msclinic.services.documents import check_file, summary_file
from msclinic.services.exporting import export_odm
from msclinic.services.home import Home
from msclinic.services.over_time_document import over_time_file
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import prove_home
from msclinic.study import StudyMistakes, load_study
from msclinic.wording import filled, plural, tr

__all__ = [
    "archive",
    "backup",
    "documents",
    "export",
    "journal",
    "mistake_rows",
    "restore",
    "study",
    "study_check",
    "verify",
]


def study(options: Namespace) -> int:
    """``msclinic study check|test|activate|versions``."""
    own = {"check": study_check, "test": study_test, "activate": _study_activate}
    return own.get(options.study_command, _study_versions)(options)


def _study_activate(options: Namespace) -> int:
    who = _who(options)
    second = Namespace(account=options.second, password_file=options.second_password_file)
    home = Home(options.home, state_folder())
    home.read()
    with HomeLock(home.folder), _signed_in(options, who) as session:
        return activate_version(session, _who(second), who[1], options)


def _study_versions(options: Namespace) -> int:
    with _signed_in(options) as session:
        return list_versions(session, options)


def study_check(options: Namespace) -> int:
    """``msclinic study check [DIR]``: print every mistake of a study folder."""
    folder = study_folder(options)
    try:
        study = load_study(folder)
        scenarios_whole(folder, study)
    except StudyMistakes as found:
        if options.json:
            print(json.dumps({"mistakes": mistake_rows(found)}, ensure_ascii=False))
        else:
            for one in found.mistakes:
                print(f"{one.file}:{one.line}: {one.code} {one.item}: {one.sentence}")
        return Exit.FOUND_WRONG
    counts = {
        "forms": len(study.forms),
        "items": sum(len(g.items) for f in study.forms.values() for g in f.item_groups),
        "visits": len(study.visits),
        "version": study.version,
    }
    if options.json:
        print(json.dumps({"mistakes": [], **counts}))
    else:
        print(filled("{forms} forms, {items} items, {visits} visits: no mistakes.", counts))
        print(filled("Study version {version}", counts))
    return Exit.DONE


def mistake_rows(found: StudyMistakes) -> list[dict[str, Any]]:
    """A study's mistakes for programs."""
    return [asdict(one) for one in found.mistakes]


def verify(options: Namespace) -> int:
    """``msclinic verify``: prove the record, or name what is not as written."""
    home = Home(options.home, state_folder())
    if not home.exists:
        home.read()
    account, password = _who(options)
    proof = prove_home(home, account, password)
    faults = proof.faults
    if options.json:
        rows = [{"code": f.code, "where": f.where, "sentence": f.sentence} for f in faults]
        marker = None if proof.marker is None else proof.marker.value
        backups = {"asked": proof.backups, "missing": proof.backups_missing}
        answer = {"faults": rows, "marker": marker, "backups": backups}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for fault in faults:
            print(f"{fault.code} {fault.where}: {fault.sentence}")
        if not faults:
            print(tr("Chain, signatures, triggers and tables agree."))
            if proof.limit is not None:
                print(proof.limit)
            if proof.backups:
                print(
                    plural(
                        proof.backups,
                        one="{count} backup remembers no later entry.",
                        other="{count} backups remember no later entry.",
                    )
                )
            if proof.backups_missing:
                print(tr("A folder for backups is not there; what it remembers was not asked."))
    return Exit.FOUND_WRONG if faults else Exit.DONE


def export(options: Namespace) -> int:
    """``msclinic export --format odm --out PATH``: write the whole study."""
    with _signed_in(options) as session:
        export_odm(session, options.out)
    _answer(options, tr("Written."), {"out": str(options.out)})
    return Exit.DONE


def journal(options: Namespace) -> int:
    """``msclinic journal --out FILE``: write the entries that are asked for."""
    with _signed_in(options) as session:
        count = journal_file(session, options)
    line = plural(count, one="{count} entry written.", other="{count} entries written.")
    if options.json:
        print(json.dumps({"out": str(options.out), "entries": count}, ensure_ascii=False))
    else:
        print(line)
    return Exit.DONE


def backup(options: Namespace) -> int:
    """``msclinic backup [--to DIR]``: back up to every chosen folder, or to one."""
    with _signed_in(options) as session:
        return backup_now(session, options)


def restore(options: Namespace) -> int:
    """``msclinic restore BACKUP --home NEW``: a new home; with ``--rehearse`` only on trial."""
    who = _who(options)
    if options.rehearse:
        with _signed_in(options, who) as session:
            return rehearse_now(session, options, who[1])
    if options.backup is None:
        raise UserError(
            "no_backup_named",
            what="It is not said which backup to restore.",
            why="A restore makes a new home from one file.",
            what_to_do="Name the file: msclinic restore FILE --home NEW.",
        )
    return restore_now(options, *who)


def archive(options: Namespace) -> int:
    """``msclinic archive --out DIR`` writes the site's archive, ``--check DIR`` checks one."""
    if options.check is not None:
        return archive_check(options)
    who = _who(options)
    with _signed_in(options, who) as session:
        return archive_now(session, options, who[1])


def people(options: Namespace) -> int:
    """``msclinic people list|incidents``."""
    with _signed_in(options) as session:
        return people_command(session, options)


def recover(options: Namespace) -> int:
    """``msclinic recover``: a new password for who looks after accounts, by the recovery key."""
    return recover_home(Home(options.home, state_folder()), *_who(options), options)


def documents(options: Namespace) -> int:
    """``msclinic documents summary|over-time|rights|check``."""
    if options.documents_command == "check":
        return _check_document(options)
    with _signed_in(options) as session:
        if options.documents_command == "rights":
            rights_command(session, options)
        elif options.documents_command == "over-time":
            over_time_file(session, options.participant, options.out, options.language)
        else:
            visit = options.visit
            summary_file(session, options.participant, visit, options.out, options.language)
    _answer(options, tr("Written."), {"out": str(options.out)})
    return Exit.DONE


def _check_document(options: Namespace) -> int:
    home = Home(options.home)
    checked = check_file(options.file, [home.certificate()])
    if options.json:
        rows = [
            {
                "field": one.field,
                "signer": one.signer,
                "signed_at": one.signed_at.isoformat() if one.signed_at else None,
                "valid": one.valid,
                "sentence": one.sentence,
            }
            for one in checked.signatures
        ]
        print(json.dumps({"verdict": checked.verdict, "signatures": rows}, ensure_ascii=False))
    else:
        for one in checked.signatures:
            print(one.sentence)
        print(checked.sentence)
    return Exit.DONE if checked.verdict == "valid" else Exit.FOUND_WRONG


@contextmanager
def _signed_in(options: Namespace, who: tuple[str, str] | None = None) -> Iterator[Session]:
    home = Home(options.home, state_folder())
    home.read()
    account, password = who or _who(options)
    session = sign_in(home, account, password, SystemClock())
    if session.warning is not None:
        said = session.warning
        line = " ".join(filled(part, said.parameters) for part in said.sentences)
        print(f"msclinic: {line}", file=sys.stderr)
    try:
        yield session
    finally:
        session.close()


def _who(options: Namespace) -> tuple[str, str]:
    if not options.account:
        raise UserError(
            "no_account",
            what="It is not said who asks.",
            why="The record opens only with a person's password.",
            what_to_do="Add --account NAME, such as --account CRC-01.",
        )
    if options.password_file is not None:
        try:
            text: str = options.password_file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                "password_file",
                what="The password file cannot be read.",
                why="It is missing, locked or not a text.",
                what_to_do="Name a readable text file with --password-file.",
            ) from error
        return options.account, text.removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        return options.account, sys.stdin.readline().removesuffix("\n")
    return options.account, getpass.getpass(tr("Password of {account}: ", account=options.account))


def _answer(options: Namespace, line: str, data: dict[str, str]) -> None:
    print(json.dumps(data, ensure_ascii=False) if options.json else line)
