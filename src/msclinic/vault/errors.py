"""What can go wrong with keys, each with a code and one plain sentence for the person.

No message ever carries a password, a key or any part of one.

    VaultError
    ├── PasswordRefused       the new password is too weak, or was used before
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

from msclinic.wording import tr

__all__ = [
    "BadRecoveryKey",
    "CertificateRefused",
    "DamagedRing",
    "DamagedSecret",
    "NotForThisKey",
    "OldRing",
    "PasswordRefused",
    "RefusedCost",
    "RingClosed",
    "RingOfAnother",
    "UnknownRingFormat",
    "VaultError",
    "WrongPassword",
]


class VaultError(Exception):
    """Base of every refusal of this package.

    Attributes:
        code: Stable name that a program and a test may read.
    """

    code = "vault"

    @property
    def sentence(self) -> str:
        """What happened and what to do, in the chosen language."""
        return tr("The keys could not be used.")

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class PasswordRefused(VaultError):
    """A new password does not meet the rules; ``code`` names the rule."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self._sentence = sentence

    @property
    def sentence(self) -> str:
        """Which rule the password does not meet."""
        return self._sentence


class WrongPassword(VaultError):
    """The file is whole; this password does not open it."""

    code = "wrong_password"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("The password is not right. Try again.")


class DamagedRing(VaultError):
    """The key ring file is not what was written."""

    code = "ring_damaged"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr(
            "The key ring file is damaged; the password may well be right. "
            "Put the file back from a backup."
        )


class UnknownRingFormat(DamagedRing):
    """The file is whole but of a format this program does not know."""

    code = "ring_format"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("The key ring was written by a newer version of the program. Update this one.")


class RefusedCost(DamagedRing):
    """The file asks for more or less work than any ring of ours."""

    code = "ring_cost"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr(
            "The key ring file asks for an unusual amount of work and is refused. "
            "Put the file back from a backup."
        )


class RingOfAnother(DamagedRing):
    """The file is whole but belongs to another account."""

    code = "ring_of_another"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("This key ring belongs to another account. Put the right file back.")


class OldRing(VaultError):
    """An earlier version of the file was put back, with its earlier password."""

    code = "ring_old"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("This key ring is an older one and is refused. Use the newest file.")


class RingClosed(VaultError):
    """The session is locked or over; its keys are gone."""

    code = "ring_closed"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("The session is locked. Sign in again.")


class NotForThisKey(VaultError):
    """Sealed for other persons or devices, or damaged in the list of them: age cannot say which."""

    code = "not_for_this_key"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("This was locked for other persons, or it is damaged.")


class DamagedSecret(VaultError):
    """Sealed or stored bytes are not what was written."""

    code = "secret_damaged"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("A stored key is damaged. Put the file back from a backup.")


class BadRecoveryKey(VaultError):
    """The recovery key does not read as one: a letter is wrong or missing."""

    code = "recovery_mistyped"

    @property
    def sentence(self) -> str:
        """What the person should do."""
        return tr("The recovery key was not typed as printed: a letter is wrong or missing.")


class CertificateRefused(VaultError):
    """The site authority does not issue such a certificate; ``code`` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self._sentence = sentence

    @property
    def sentence(self) -> str:
        """Why the certificate is not issued."""
        return self._sentence
