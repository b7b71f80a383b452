"""What can be done with one account: which acts a person has, what each asks, what does it.

Whether an act is allowed is decided by the service; here only those are offered that can succeed.
"""

from collections.abc import Callable, Sequence

from attrs import frozen

from msclinic.services.people import Account, account_code, disable_account, renew_certificate
from msclinic.services.people.certificates import waiting_certificate, witness_certificate
from msclinic.services.people.delegation import delegate, local_day, may_delegate, train
from msclinic.services.people.leavers import new_epoch, strike_off
from msclinic.services.people.passwords import reset_password
from msclinic.services.people.roles import end_role, grant_role
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.people.act_form import Answers, Asked
from msclinic.ui.widgets import CodeCombo, DateField, PasswordField
from msclinic.ui.widgets.choices import Choice
from msclinic.vault import Cost, check_password
from msclinic.wording import current_language, tr

__all__ = ["AccountAct", "acts_of"]

Do = Callable[[Answers], None]


@frozen
class AccountAct:
    """An act on one account.

    Attributes:
        key: Its name.
        title: Word of the button.
        icon: Its icon.
        ask: Makes what the card asks for.
        do: Does it; runs off the window's thread.
        done: What is said afterwards.
    """

    key: str
    title: str
    icon: str
    ask: Callable[[], Asked]
    do: Do
    done: str


class _Acts:
    """The acts of one person on one account."""

    def __init__(
        self, session: Session, account: Account, witnesses: Sequence[str], cost: Cost | None
    ) -> None:
        self._session, self._account, self._cost = session, account, cost
        self._name = account_code(account.account)
        self._witnesses = [one for one in witnesses if one != account.account]

    def offered(self) -> list[AccountAct]:
        """The acts that this person can do now."""
        session, account = self._session, self._account
        own = account.account == session.account
        keeps = session.may("people")
        issues = session.home.authority_key(session.account).exists()
        delegates = any(may_delegate(session, role) for role in account.roles)
        found: list[AccountAct] = []
        if account.disabled:
            return found
        if delegates and not own and account.roles:
            found.append(self._delegate())
        if keeps and account.roles:
            found.append(self._train())
        if keeps and not own:
            found.append(self._grant())
            if account.roles:
                found.append(self._end())
        if issues and not own:
            found.append(self._password())
        if issues:
            found.append(self._renew())
        if keeps and not own and not account.certified:
            found.append(self._witness())
        if keeps and not own:
            found += [self._disable(), self._strike()]
        return found

    def _roles(self, codes: Sequence[str]) -> CodeCombo:
        language, study = current_language(), self._session.study
        return CodeCombo(
            tr("Role"), [Choice(code, study.roles[code].title.text(language)) for code in codes]
        )

    def _held(self) -> CodeCombo:
        return self._roles([one for one in self._account.roles if one in self._session.study.roles])

    def _day(self, name: str) -> DateField:
        return DateField(name, self._session.now, self._session.zone)

    def _witnessing(self) -> list[tuple[str, str, CodeCombo | PasswordField]]:
        choices = [Choice(one, account_code(one)) for one in self._witnesses]
        return [
            ("witness", tr("Witness, another person"), CodeCombo(tr("Witness"), choices)),
            ("witness_password", tr("Password of the witness"), _secret()),
        ]

    def _with_witness(self, answers: Answers, work: Callable[[Session], None]) -> None:
        witness = join(self._session, answers.texts["witness"], answers.secrets["witness_password"])
        try:
            work(witness)
        finally:
            witness.close(keep_store=True)

    def _delegate(self) -> AccountAct:
        def do(answers: Answers) -> None:
            days = answers.days
            role = answers.texts["role"]
            delegate(self._session, self._account.account, role, days["start"], days.get("end"))

        def check(answers: Answers) -> str:
            if not answers.texts["role"]:
                return tr("Choose the role.")
            return "" if "start" in answers.days else tr("Type the first day.")

        def ask() -> Asked:
            start = self._day(tr("First day"))
            start.set_answer(local_day(self._session))
            return Asked(
                "delegate",
                tr("Delegate a task to {account}", account=self._name),
                tr(
                    "You answer for it as investigator. Without a last day it stays open; a last "
                    "day that is past ends it."
                ),
                tr("Delegate"),
                (
                    ("role", tr("Task"), self._held()),
                    ("start", tr("First day"), start),
                    ("end", tr("Last day, or empty"), self._day(tr("Last day"))),
                ),
                check,
            )

        done = tr("The delegation of {account} is recorded.", account=self._name)
        return AccountAct("delegate", tr("Delegate…"), "clipboard-check", ask, do, done)

    def _train(self) -> AccountAct:
        def do(answers: Answers) -> None:
            role = answers.texts["role"]
            train(self._session, self._account.account, role, answers.days["day"])

        def check(answers: Answers) -> str:
            if not answers.texts["role"]:
                return tr("Choose the role.")
            return "" if "day" in answers.days else tr("Type the day of the training.")

        def ask() -> Asked:
            day = self._day(tr("Trained on"))
            day.set_answer(local_day(self._session))
            return Asked(
                "train",
                tr("Training of {account}", account=self._name),
                tr("The version of the program is recorded with it."),
                tr("Record it"),
                (("role", tr("Task"), self._held()), ("day", tr("Trained on"), day)),
                check,
            )

        done = tr("The training of {account} is recorded.", account=self._name)
        return AccountAct("train", tr("Training…"), "book-open", ask, do, done)

    def _grant(self) -> AccountAct:
        def ask() -> Asked:
            codes = [one for one in self._session.study.roles if one not in self._account.roles]
            return Asked(
                "grant",
                tr("A further role for {account}", account=self._name),
                tr(
                    "It can be used once the investigator has delegated it. Duties that conflict "
                    "are refused."
                ),
                tr("Grant"),
                (("role", tr("Role"), self._roles(codes)),),
                _role_chosen,
            )

        def do(answers: Answers) -> None:
            grant_role(self._session, self._account.account, answers.texts["role"])

        done = tr(
            "The role of {account} is granted; it waits for its delegation.", account=self._name
        )
        return AccountAct("grant", tr("Grant a role…"), "plus", ask, do, done)

    def _end(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "end",
                tr("End a role of {account}", account=self._name),
                tr("What was done in it stays as it is."),
                tr("End the role"),
                (("role", tr("Role"), self._held()),),
                _role_chosen,
            )

        def do(answers: Answers) -> None:
            end_role(self._session, self._account.account, answers.texts["role"])

        done = tr("The role of {account} has ended.", account=self._name)
        return AccountAct("end", tr("End a role…"), "x", ask, do, done)

    def _password(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "password",
                tr("A new password for {account}", account=self._name),
                tr(
                    "For a password that was lost. The person types a new one and gets new keys "
                    "and a new certificate; what they signed stays valid. A witness has seen who "
                    "they are."
                ),
                tr("Make new keys"),
                (
                    ("password", tr("Their new password"), _secret()),
                    ("again", tr("The same once more"), _secret()),
                    *self._witnessing(),
                ),
                _passwords,
            )

        def do(answers: Answers) -> None:
            new, account = answers.secrets["password"], self._account.account
            self._with_witness(
                answers,
                lambda witness: reset_password(self._session, account, new, witness, self._cost),
            )

        done = tr("{account} has a new password and a new certificate.", account=self._name)
        return AccountAct("password", tr("New password…"), "lock-keyhole-open", ask, do, done)

    def _renew(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "renew",
                tr("A new certificate for {account}", account=self._name),
                tr(
                    "For the same keys, for three years. A witness has seen who they are; neither "
                    "you nor the person."
                ),
                tr("Issue it"),
                tuple(self._witnessing()),
                _witnessed,
            )

        def do(answers: Answers) -> None:
            account = self._account.account
            self._with_witness(
                answers, lambda witness: renew_certificate(self._session, account, witness)
            )

        done = tr("{account} has a new certificate, witnessed.", account=self._name)
        return AccountAct("renew", tr("New certificate…"), "file-text", ask, do, done)

    def _witness(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "witness",
                tr("Witness the certificate of {account}", account=self._name),
                tr(
                    "You have seen the person and their identity document. You did not issue the "
                    "certificate yourself."
                ),
                tr("I have seen who it is for"),
                (),
                lambda _answers: "",
            )

        def do(_answers: Answers) -> None:
            account = self._account.account
            with self._session.store.read() as reader:
                certificate = waiting_certificate(reader, account)
            if certificate is not None:
                witness_certificate(self._session, account, certificate)

        done = tr("The certificate of {account} is witnessed.", account=self._name)
        return AccountAct("witness", tr("Witness…"), "users", ask, do, done)

    def _disable(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "disable",
                tr("Disable {account}", account=self._name),
                tr(
                    "Nobody signs in with it any more, from now on and for good. Nothing is "
                    "deleted: what was entered and signed stays."
                ),
                tr("Disable the account"),
                (),
                lambda _answers: "",
            )

        done = tr("{account} is disabled.", account=self._name)
        return AccountAct(
            "disable",
            tr("Disable…"),
            "lock-keyhole",
            ask,
            lambda _answers: disable_account(self._session, self._account.account),
            done,
        )

    def _strike(self) -> AccountAct:
        def ask() -> Asked:
            return Asked(
                "strike",
                tr("{account} has left", account=self._name),
                tr(
                    "The account is disabled, its keys are removed from this computer, and the "
                    "record gets a new key. A copy of the record that the person took before "
                    "stays readable to them. Nothing is deleted from the record. With a large "
                    "record this takes a while."
                ),
                tr("Strike off"),
                (),
                lambda _answers: "",
            )

        def do(_answers: Answers) -> None:
            strike_off(self._session, self._account.account)
            new_epoch(self._session)

        done = tr("{account} is struck off; the record has a new key.", account=self._name)
        return AccountAct("strike", tr("Has left…"), "x", ask, do, done)


def acts_of(
    session: Session, account: Account, witnesses: Sequence[str], cost: Cost | None = None
) -> list[AccountAct]:
    """The acts that a person can do with an account now.

    Args:
        session: Who is signed in.
        account: The account that is chosen.
        witnesses: Accounts that may witness.
        cost: Work of the password hash; the default is the program's.
    """
    return _Acts(session, account, witnesses, cost).offered()


def _secret() -> PasswordField:
    return PasswordField(tr("Password"), size=40)


def _role_chosen(answers: Answers) -> str:
    return "" if answers.texts["role"] else tr("Choose the role.")


def _passwords(answers: Answers) -> str:
    weak = check_password(answers.secrets["password"])
    if weak is not None:
        return weak
    if answers.secrets["password"] != answers.secrets["again"]:
        return tr("The two passwords differ.")
    return _witnessed(answers)


def _witnessed(answers: Answers) -> str:
    if not answers.texts["witness"]:
        return tr("Choose the witness.")
    if not answers.secrets["witness_password"]:
        return tr("The witness types their password.")
    return ""
