"""Every public service that acts for a session, found by looking, with plausible arguments.

What is found here and stands in no table of ``test_every_service.py`` fails there: a new service
cannot come without somebody saying who may call it.
"""

import ast
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.integration.rights_walk import Walk

import msclinic
from msclinic import services
from msclinic.services.session import Session
from msclinic.store import Reader

__all__ = ["VISIT", "asked_by_screens", "called", "public_services"]

# Clinics for trying out, and the players of scenarios: nobody's record.
_PRETENDED = ("msclinic.services.demo", "msclinic.services.scenarios")
VISIT = "V1"
_SCOPE = f"{VISIT}/1/vital_signs/1"
_WRONG = "not the password"

Service = Callable[..., object]


@lru_cache(maxsize=1)
def public_services() -> dict[str, Service]:
    """What of the services is given a session, or opens one, by module and name."""
    found: dict[str, Service] = {}
    for module in pkgutil.walk_packages(services.__path__, "msclinic.services."):
        if module.name.startswith(_PRETENDED):
            continue
        loaded = import_module(module.name)
        for name in getattr(loaded, "__all__", ()):
            one = getattr(loaded, name)
            if getattr(one, "__module__", "") == module.name and (_sessions(one) or _opens(one)):
                found[f"{module.name.removeprefix('msclinic.services.')}.{name}"] = one
    return found


def _sessions(one: object) -> list[str]:
    """Names of the parameters that are sessions."""
    if not inspect.isfunction(one) and not inspect.isclass(one):
        return []
    asked = one.__init__ if inspect.isclass(one) else one
    try:
        hints = typing.get_type_hints(asked)
    except NameError:
        # Named only for the type checker; the sessions are not among those.
        hints = dict(asked.__annotations__)
    return [name for name, kind in hints.items() if kind is Session and name != "return"]


def _opens(one: object) -> bool:
    """Whether it is given an account and its password in place of a session."""
    asked = set(inspect.signature(one).parameters) if inspect.isfunction(one) else set()
    return {"account", "password"} <= asked


def called(service: Service, walk: Walk, session: Session, more: dict[str, Any]) -> object:
    """Call a service as somebody, with whatever its parameters ask for.

    Args:
        service: Which.
        walk: What it is called on.
        session: Who calls; a second session is one of another role.
        more: Arguments of this service that no other has.
    """
    sessions = _sessions(service)
    with ExitStack() as stack:
        given: dict[str, object] = {}
        for name, parameter in inspect.signature(service).parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            if name in more:
                given[name] = more[name]
            elif name in sessions:
                given[name] = session if name == sessions[0] else _another(walk, session)
            elif parameter.annotation is Reader:
                given[name] = stack.enter_context(session.store.read())
            elif parameter.default is parameter.empty:
                given[name] = _plausible(name, walk, session)
        answer = service(**given)
        if isinstance(answer, AbstractContextManager):
            stack.enter_context(answer)
        return list(answer) if isinstance(answer, Iterator) else answer


def _another(walk: Walk, session: Session) -> Session:
    return walk.session("PHY" if session.role != "PHY" else "PI")


def _plausible(name: str, walk: Walk, session: Session) -> object:
    today = session.now().astimezone(session.zone).date()
    known: dict[str, object] = {
        "participant": walk.participant,
        "participant_code": "PL01-007",
        "visit": VISIT,
        "visit_code": VISIT,
        "code": VISIT,
        "form": "vital_signs",
        "prefix": _SCOPE,
        "scope": _SCOPE,
        "path": f"{_SCOPE}/reading/1/PULSE",
        "day": today,
        "today": today,
        "until": today + timedelta(days=1),
        "last_contact": today,
        "attempts": 3,
        "letter": True,
        "number": 99,
        "password": _WRONG,
        "secret": _WRONG,
        "old": _WRONG,
        "pin": "482913",
        "why": "as told by telephone",
        "reason": "OTHER",
        "text": "Is this right?",
        "words": "as told by telephone",
        "kind": "withdrawal",
        "cause": "unknown",
        "site": "PL02",
        "parts": frozenset({"product"}),
        "meaning": "form_entered",
        "language": "en",
        "key": "a" * 16,
        "entry": "0" * 64,
        "document": "a" * 16,
        "account": "NUR-04",
        "role": "NUR",
        "gate": "G1",
        "chair": 1,
        "point": "T15",
        "rate": Decimal(60),
        "given": Decimal(100),
        "left": Decimal(0),
        "volume": Decimal(10),
        "completed": True,
        "importance": "MINOR",
        "comment": "seen",
        "moment": session.now(),
        "noticed": session.now(),
        "event_time": session.now(),
        "at": session.now(),
        "on": True,
        "names": frozenset(),
        "out": walk.folder / f"{session.role}.out",
        "folder": walk.folder / "folder",
        "task": "NUR",
        "start": date(2026, 11, 23),
        "typed": "007",
    }
    return known[name]


def asked_by_screens() -> set[str]:
    """Services that the windows or the commands name anywhere."""
    names = {id(one): name for name, one in public_services().items()}
    root = Path(msclinic.__file__).parent
    files = [*(root / "ui").rglob("*.py"), *(root / "cli").rglob("*.py")]
    found = set()
    for file in files:
        # The demo enters what a script says, as tests do; nobody sits before it.
        if "demo" not in file.relative_to(root).parts:
            found |= {names[one] for one in _named_in(file) if one in names}
    return found


def _named_in(file: Path) -> set[int]:
    """Identities of what a file imports from the services, or asks of a module imported whole."""
    tree = ast.parse(file.read_text("utf-8"))
    modules: dict[str, object] = {}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("msclinic.services"):
            loaded = import_module(str(node.module))
            for alias in node.names:
                one = getattr(loaded, alias.name, None) or import_module(
                    f"{node.module}.{alias.name}"
                )
                found.add(id(one))
                if inspect.ismodule(one):
                    modules[alias.asname or alias.name] = one
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(id(getattr(modules.get(node.value.id), node.attr, None)))
    return found
