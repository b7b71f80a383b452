"""What tests of backups share: a medium that is really a disk of its own, and one that is full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.services.backup.places import Place, add_place

__all__ = ["chosen", "disk", "read_only"]


def chosen(clinic: Clinic, folder: Path) -> Place:
    """A folder chosen for the clinic's backups."""
    folder.mkdir(exist_ok=True)
    return add_place(clinic.home, folder)


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A small disk of its own, mounted at a folder; skipped where nobody may mount."""
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("a disk of its own needs leave to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """A folder that nobody here may write into, whoever runs the test."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    folder.chmod(0o500)
    try:
        yield folder
    finally:
        folder.chmod(0o700)
