"""Builds .venv in the project's root with nothing but Python and the package registries.

Run by `make setup`; on Windows and macOS by hand (see README). It does nothing when the
environment already fits the lock file, and never touches anything outside the project
except Debian packages, which only root installs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "requirements.txt"
VENV = ROOT / ".venv"
STAMP = VENV / "msclinic-setup.sha256"
OLDEST = (3, 11)


def main() -> int:
    """Set up the environment; the exit code says whether it stands."""
    if sys.version_info < OLDEST:
        say(
            f"Python {'.'.join(map(str, OLDEST))} or newer is needed; "
            f"this is {sys.version.split()[0]}."
        )
        return 2
    if not debian_packages():
        return 2
    if STAMP.exists() and STAMP.read_text("ascii") == fingerprint() and program().exists():
        return 0
    say("Setting up .venv (once, about a minute)")
    if VENV.exists():
        shutil.rmtree(VENV)
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    pip("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(fingerprint(), "ascii")
    return 0


def debian_packages() -> bool:
    """Whether Debian's packages are there; installs them as root, else says what to type."""
    if shutil.which("dpkg-query") is None:
        return True
    lines = (ROOT / "packaging" / "debian.txt").read_text("ascii").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    missing = [name for name in wanted if not installed(name)]
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        say("Some system packages are missing. Type this once, then start again:")
        say("  sudo " + " ".join(command))
        return False
    say(f"Installing {len(missing)} system packages")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=quiet, stdout=subprocess.DEVNULL, check=True)
    subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=True)
    return True


def installed(package: str) -> bool:
    """Whether dpkg has the package, also under the names that newer releases gave it."""
    if package == "python3-venv" and has_ensurepip():
        return True
    names = [package, f"{package}t64"]
    found = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}\n", *names], capture_output=True, text=True
    )
    return "install ok installed" in found.stdout


def has_ensurepip() -> bool:
    """Whether this Python can make environments by itself."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


def pip(*arguments: str) -> None:
    """Install into .venv with its own pip."""
    python = program().with_name("python.exe" if os.name == "nt" else "python")
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments],
        check=True,
    )


def program() -> Path:
    """Where the program will stand."""
    return VENV / ("Scripts/msclinic.exe" if os.name == "nt" else "bin/msclinic")


def fingerprint() -> str:
    """What the environment was built from: the lock, the project file and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        say(f"Setup stopped: {' '.join(error.cmd[:4])} … ended with {error.returncode}.")
        sys.exit(2)
