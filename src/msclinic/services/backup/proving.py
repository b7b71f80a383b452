"""Proves a copied record: opened with its key, chain checked, tables folded anew and compared.

The proof takes the processor for seconds. Beside a window it runs in a process of its own, so that
no answer waits for it; the key goes there through a pipe and ends with the process.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from attrs import frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import Fault
from msclinic.services.verifying import record_faults
from msclinic.store import Store

__all__ = ["Asked", "Prove", "prove_apart", "prove_here"]

_LOOK_SECONDS = 0.2
_DAMAGE = frozenset({"damaged", "wrong_key", "not_a_database", "disk_fault"})


@frozen
class Asked:
    """What is to be proved.

    Attributes:
        record: The database file; nobody else has it open, unless it is the one in use.
        key: Its key.
        founder: Id of the key that the journal's trust begins with.
        streams: By stream, place and hash that must be in it.
        exact: Whether the journal ends there as well.
    """

    record: Path
    key: bytes
    founder: str
    streams: Mapping[str, tuple[int, str]]
    exact: bool = True

    def __repr__(self) -> str:
        return f"Asked({self.record.name!r})"


Prove = Callable[[Asked, Callable[[], None]], tuple[Fault, ...]]
"""Gives every fault; the second argument is called now and then and raises to stop the proof."""


def prove_here(asked: Asked, heard: Callable[[], None]) -> tuple[Fault, ...]:
    """Prove in this process.

    Raises:
        KnownFault: The record is from another version of the program, or locked.
    """
    heard()
    try:
        with Store.open(asked.record, asked.key, as_found=True) as store:
            faults = record_faults(store, asked.founder, asked.streams)
            with store.read_doubted() as reader:
                here = dict(reader.position().streams)
    except KnownFault as fault:
        if fault.code not in _DAMAGE:
            raise
        return (Fault("damaged_file", asked.record.name, "The file is not as written."),)
    if asked.exact and here != dict(asked.streams):
        sentence = "The journal does not end where the backup says."
        faults.append(Fault("other_end", asked.record.name, sentence))
    return tuple(faults)


def prove_apart(asked: Asked, heard: Callable[[], None]) -> tuple[Fault, ...]:
    """Prove in a process of its own; it is ended when ``heard`` raises.

    Raises:
        KnownFault: As ``prove_here``, or the process ended without an answer.
    """
    system = multiprocessing.get_context("spawn")
    here, there = system.Pipe(duplex=False)
    process = system.Process(target=_answer, args=(there, asked), daemon=True)
    process.start()
    there.close()
    try:
        while not here.poll(_LOOK_SECONDS):
            heard()
        found = here.recv()
    except EOFError:
        raise KnownFault(
            "proof_ended",
            what="The backup could not be checked.",
            why="The checking ended before it had an answer.",
            what_to_do="Start the backup again.",
        ) from None
    finally:
        process.terminate()
        process.join()
        process.close()
        here.close()
    if isinstance(found, Exception):
        raise found
    faults: tuple[Fault, ...] = found
    return faults


def _answer(there: Connection, asked: Asked) -> None:
    if hasattr(os, "nice"):
        # Whoever enters data goes first.
        os.nice(10)
    answer: tuple[Fault, ...] | Exception
    try:
        answer = prove_here(asked, _nobody)
    except KnownFault as fault:
        answer = fault
    there.send(answer)
    there.close()


def _nobody() -> None:
    """Nobody can stop a proof from within its own process."""
