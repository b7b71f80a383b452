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
from msclinic.app.paths import state_folder
from msclinic.cli.options import Exit
from msclinic.cli.scenarios import study_folder, study_test
from msclinic.domain.errors import UserError
from msclinic.services.documents import check_file, summary_file
from msclinic.services.exporting import export_odm
from msclinic.services.home import Home
from msclinic.services.over_time_document import over_time_file
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import prove_home
from msclinic.study import StudyMistakes, load_study
from msclinic.wording import filled, tr

__all__ = ["documents", "export", "mistake_rows", "study", "study_check", "verify"]


def study(options: Namespace) -> int:
    """``msclinic study check|test``."""
    return study_test(options) if options.study_command == "test" else study_check(options)


def study_check(options: Namespace) -> int:
    """``msclinic study check [DIR]``: print every mistake of a study folder."""
    folder = study_folder(options)
    try:
        study = load_study(folder)
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
        print(json.dumps({"faults": rows, "marker": marker}, ensure_ascii=False))
    else:
        for fault in faults:
            print(f"{fault.code} {fault.where}: {fault.sentence}")
        if not faults:
            print(tr("Chain, signatures, triggers and tables agree."))
            if proof.limit is not None:
                print(proof.limit)
    return Exit.FOUND_WRONG if faults else Exit.DONE


def export(options: Namespace) -> int:
    """``msclinic export --format odm --out PATH``: write the whole study."""
    with _signed_in(options) as session:
        export_odm(session, options.out)
    _answer(options, tr("Written."), {"out": str(options.out)})
    return Exit.DONE


def documents(options: Namespace) -> int:
    """``msclinic documents summary|over-time|check``."""
    if options.documents_command == "check":
        return _check_document(options)
    with _signed_in(options) as session:
        if options.documents_command == "over-time":
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
def _signed_in(options: Namespace) -> Iterator[Session]:
    home = Home(options.home, state_folder())
    home.read()
    account, password = _who(options)
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
