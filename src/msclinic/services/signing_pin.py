"""The signing PIN: where the study allows it, how a person sets it, and what a signature took.

21 CFR 11.200(a)(1): in one continuous session the first signature takes all components, later
ones may take one. Documents and gate G1 always ask for the password.
"""

from attrs import field, frozen

from msclinic.services.attempts import counted
from msclinic.services.gateway import recording
from msclinic.services.home import write_whole
from msclinic.services.people.accounts import keys_value
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys
from msclinic.services.signing import PASSWORD, PIN, document_key
from msclinic.study import Study
from msclinic.vault import PinRefused, VaultError, open_ring, refused_pin, set_pin

__all__ = ["Pin", "Secret", "confirm", "pin_meanings", "pin_stands", "set_signing_pin"]

_SETTING = "signing_pin_meanings"
_NONE = "none"


@frozen
class Pin:
    """Digits typed where a signature asked for the PIN; a plain text is a password.

    Attributes:
        digits: As typed.
    """

    digits: str = field(repr=False)


Secret = str | Pin


def pin_meanings(study: Study) -> frozenset[str]:
    """Meanings at which the study lets the PIN stand for the password."""
    known = study.settings.get(_SETTING)
    named = str(known.value) if known is not None else ""
    return frozenset(part.strip() for part in named.split(",")) - {"", _NONE}


def pin_stands(session: Session, meaning: str) -> bool:
    """Whether the next signature of this meaning may take the person's PIN."""
    return meaning in pin_meanings(session.study) and session.ring.pin.stands


def confirm(session: Session, meaning: str, secret: Secret) -> str:
    """Go on only if this is the person, by password or, where it may be, by PIN.

    Args:
        session: Who signs.
        meaning: What they sign.
        secret: Typed now.

    Returns:
        The component that was used, for the signature to say.

    Raises:
        Refused: It is wrong, or the PIN may not be used here or now.
    """
    if not isinstance(secret, Pin):
        document_key(session, secret)
        return PASSWORD
    if meaning not in pin_meanings(session.study):
        raise Refused(
            "pin_not_here",
            what="It was not signed.",
            why="This signature takes the password.",
            what_to_do="Type your password.",
        )
    try:
        session.ring.pin.check(secret.digits)
    except PinRefused as error:
        if error.code in ("pin_wrong", "pin_spent"):
            _record_refusal(session, error.code)
        raise _refused(error) from error
    return PIN


def set_signing_pin(session: Session, password: str, pin: str) -> None:
    """A person sets their signing PIN with their password; the record says that they did.

    Args:
        session: Whose.
        password: Typed now.
        pin: Six to twelve digits without a pattern.

    Raises:
        Refused: The password is wrong, or the PIN does not meet the rules.
        KnownFault: The key ring could not be read or written.
    """
    weak = refused_pin(pin)
    if weak is not None:
        raise _refused(weak)
    home, account = session.home, session.account
    file = home.ring(account)
    with counted(home, account, session.now()):
        try:
            before = file.read_bytes()
            content, verifier = set_pin(before, password, pin)
        except VaultError as error:
            raise refused_keys(error) from error
    opened = open_ring(content, password, account=account)
    try:
        with recording(session) as act:
            value = {"type": "code", "value": "Y"}
            act.set("signing_pin_set", f"people/{account}/signing_pin", value)
            act.set("keys_published", f"people/{account}/keys", keys_value(opened))
            # The file first: a number in the record without its ring would let nobody in.
            write_whole(file, content)
    except BaseException:
        write_whole(file, before)
        raise
    session.ring.number = opened.number
    session.ring.pin.replace(verifier)
    opened.close()


def _record_refusal(session: Session, code: str) -> None:
    with recording(session) as act:
        value = {"type": "code", "value": code}
        act.set("signing_pin_refused", f"people/{session.account}/signing_pin", value)


def _refused(error: PinRefused) -> Refused:
    if error.code in ("pin_digits", "pin_plain"):
        what, what_to_do = "The PIN was not set.", "Choose another PIN."
    else:
        what, what_to_do = "It was not signed.", "Type the PIN again, or sign with your password."
    return Refused(error.code, what=what, why=error.sentence, what_to_do=what_to_do)
