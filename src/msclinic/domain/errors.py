"""The only exceptions that may speak to the person at the screen.

They carry a code and English sentences without participant data; the edge translates them.
Anything else that is raised is a bug and must never be shown as it is.

    Exception
    └── UserError        what the person asked cannot be done; it may be shown
        └── KnownFault   disk full, locked, wrong key, newer database
            └── NotInStudy   the study in force was written before a rule of the program
"""

from collections.abc import Mapping

__all__ = ["KnownFault", "NotInStudy", "UserError"]


class UserError(Exception):
    """Something the person asked cannot be done.

    Attributes:
        code: Stable name of the fault, for programs and tests.
        what: English sentence saying what did not happen; the key of its translation.
        why: English sentence saying why, or empty.
        what_to_do: English sentence saying what the person can do, or empty.
        parameters: What the braces in the sentences name; never participant data.
    """

    def __init__(
        self,
        code: str,
        what: str,
        why: str = "",
        what_to_do: str = "",
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the sentences untranslated: the edge knows the language."""
        super().__init__(code, what, why, what_to_do)
        self.code = code
        self.what = what
        self.why = why
        self.what_to_do = what_to_do
        self.parameters = dict(parameters or {})

    @property
    def sentences(self) -> tuple[str, ...]:
        """What, why and what to do, those that there are, braces not yet filled."""
        return tuple(part for part in (self.what, self.why, self.what_to_do) if part)

    def __str__(self) -> str:
        """All sentences in English, one line."""
        return " ".join(
            part.format(**self.parameters) if self.parameters else part for part in self.sentences
        )


class KnownFault(UserError):
    """A fault of the surroundings that the program expects and explains."""


class NotInStudy(KnownFault, KeyError):
    """A form, item, visit or setting that the study in force does not have.

    A study that was activated stays readable for ever; what only a later one can serve is refused
    where it is used.
    """

    def __init__(self, name: str) -> None:
        """Say which part is missing.

        Args:
            name: OID or key.
        """
        super().__init__(
            "not_in_study",
            what="This cannot be done under the version of the study that is in force.",
            why="It has no {name}, which this version of the program needs.",
            what_to_do="Ask the admin and the PI to activate a newer version of the study. Nothing "
            "was changed.",
            parameters={"name": name},
        )
