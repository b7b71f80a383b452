"""What can go wrong with keys, each with a code and one plain sentence for the person.

No message ever carries a password, a key or any part of one.

    VaultError
    ├── PasswordRefused       the new password is too weak, or was used before
    ├── PinRefused            the signing PIN is too weak, wrong, or may not be used now
    ├── WrongPassword         the file is whole, the password does not open it
    ├── DamagedRing           the file is not what was written
    │   ├── UnknownRingFormat     written by a newer program
    │   ├── RefusedCost           asks for an absurd amount of work
    │   └── RingOfAnother         whole, but not this account's
    ├── OldRing               an earlier version of the file was put back
    ├── RingClosed            locked or signed out: the keys are gone from memory
    ├── NotForThisKey         sealed for others
    ├── DamagedSecret         sealed or stored bytes are not what was written
    ├── BadRecoveryKey        mistyped from paper
    └── CertificateRefused    the site authority does not issue this
"""

from msclinic.wording import filled

__all__ = [
    "SENTENCES",
    "BadRecoveryKey",
    "CertificateRefused",
    "DamagedRing",
    "DamagedSecret",
    "NotForThisKey",
    "OldRing",
    "PasswordRefused",
    "PinRefused",
    "RefusedCost",
    "RingClosed",
    "RingOfAnother",
    "UnknownRingFormat",
    "VaultError",
    "WrongPassword",
]

SENTENCES = {
    "vault": "The keys could not be used.",
    "wrong_password": "The password is not right. Try again.",
    "password_short": "The password needs at least {count} characters.",
    "password_long": "The password may have at most {count} characters.",
    "password_plain": "The password repeats the same few characters.",
    "password_control": "The password holds a character that cannot be typed.",
    "password_reused": "This password was used before. Choose another one.",
    "pin_digits": "The PIN has {least} to {most} digits and nothing else.",
    "pin_plain": "This PIN is too easy to guess. Choose digits without a pattern.",
    "pin_wrong": "The PIN is not right.",
    "pin_spent": "The PIN was wrong too often. Sign with your password until you sign out.",
    "pin_not_chosen": "You have not chosen a signing PIN.",
    "pin_not_yet": "The first signature after signing in takes the password.",
    "ring_damaged": "The key ring file is damaged; the password may well be right. "
    "Put the file back from a backup.",
    "ring_format": "The key ring was written by a newer version of the program. Update this one.",
    "ring_cost": "The key ring file asks for an unusual amount of work and is refused. "
    "Put the file back from a backup.",
    "ring_of_another": "This key ring belongs to another account. Put the right file back.",
    "ring_old": "This key ring is an older one and is refused. Use the newest file.",
    "ring_closed": "The session is locked. Sign in again.",
    "not_for_this_key": "This was locked for other persons, or it is damaged.",
    "secret_damaged": "A stored key is damaged. Put the file back from a backup.",
    "recovery_mistyped": "The recovery key was not typed as printed: a letter is wrong or missing.",
    "certificate_validity": "The certificate's validity is not inside that of the site's own "
    "certificate.",
    "certificate_key": "The key is not of the kind that signs documents (ECDSA P-256).",
    "certificate_name": "A name in a certificate has 1 to {count} characters.",
}


class VaultError(Exception):
    """Base of every refusal of this package.

    Attributes:
        code: Stable name that a program and a test may read; ``SENTENCES`` says it in words.
    """

    code = "vault"

    def __init__(self, code: str | None = None, **parameters: object) -> None:
        """Take the kind's own code, or name the rule that refuses.

        Args:
            code: A code of ``SENTENCES``; the default is that of the kind.
            parameters: What the braces in the sentence name; never a secret.
        """
        self.code = code or self.code
        self._parameters = parameters
        super().__init__(self.code)

    @property
    def sentence(self) -> str:
        """What happened and what to do, in the chosen language."""
        return filled(SENTENCES[self.code], self._parameters)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class PasswordRefused(VaultError):
    """A new password does not meet the rules; ``code`` names the rule."""


class PinRefused(VaultError):
    """The signing PIN does not meet the rules or may not be used; ``code`` says why."""

    code = "pin_wrong"


class WrongPassword(VaultError):
    """The file is whole; this password does not open it."""

    code = "wrong_password"


class DamagedRing(VaultError):
    """The key ring file is not what was written."""

    code = "ring_damaged"


class UnknownRingFormat(DamagedRing):
    """The file is whole but of a format this program does not know."""

    code = "ring_format"


class RefusedCost(DamagedRing):
    """The file asks for more or less work than any ring of ours."""

    code = "ring_cost"


class RingOfAnother(DamagedRing):
    """The file is whole but belongs to another account."""

    code = "ring_of_another"


class OldRing(VaultError):
    """An earlier version of the file was put back, with its earlier password."""

    code = "ring_old"


class RingClosed(VaultError):
    """The session is locked or over; its keys are gone."""

    code = "ring_closed"


class NotForThisKey(VaultError):
    """Sealed for other persons or devices, or damaged in the list of them: age cannot say which."""

    code = "not_for_this_key"


class DamagedSecret(VaultError):
    """Sealed or stored bytes are not what was written."""

    code = "secret_damaged"


class BadRecoveryKey(VaultError):
    """The recovery key does not read as one: a letter is wrong or missing."""

    code = "recovery_mistyped"


class CertificateRefused(VaultError):
    """The site authority does not issue such a certificate; ``code`` says why."""
