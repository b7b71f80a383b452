"""The dosing switch of the site: on only by a signed act of the PI, or as the study sets it.

A switch without its signature counts as off.
"""

from msclinic.services.gateway import random_key, recording
from msclinic.services.session import Session
from msclinic.services.signing import document_key
from msclinic.store import Reader

__all__ = ["dosing_permitted", "switch_dosing"]

DOSING_PATH = "study/dosing"


def dosing_permitted(session: Session, reader: Reader) -> bool:
    """Whether dosing is on: switched by a signed act of the PI, or as the study sets it."""
    for head in reader.heads(participant="", prefix=DOSING_PATH):
        if (head.value or {}).get("value") != "Y":
            return False
        return any(
            row.status == "valid" and any(head.entry in heads for _, heads in row.items)
            for row in reader.signatures(participant="", meaning="dosing")
        )
    return session.study.setting("dosing_permitted") is True


def switch_dosing(session: Session, on: bool, password: str) -> None:
    """The PI switches dosing for the whole site; it counts only with the signature.

    Raises:
        Refused: Not the PI, or the password is wrong.
    """
    session.require("sign:dosing")
    document_key(session, password)
    with recording(session) as act:
        value = {"type": "code", "value": "Y" if on else "N"}
        act.set("dosing_switched", DOSING_PATH, value)
    switched = act.stored[-1].hash
    with recording(session) as act:
        act.set(
            "signed",
            f"signature/{random_key()}",
            {
                "type": "signature",
                "scope": "",
                "meaning": "dosing",
                "items": [[DOSING_PATH, [switched]]],
            },
        )
