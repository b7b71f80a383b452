"""Records that somebody saw what could reveal the arm: who, in which role, which form, when.

Written before anything is shown (R-AUD-14, R-BLD-4); once a session for each form.
"""

from collections.abc import Iterable

from msclinic.forms.definitions import FormDefinition
from msclinic.services.gateway import recording
from msclinic.services.session import Session
from msclinic.store import Head

__all__ = ["VIEW_ROOT", "note_all_unmasked_views", "note_unmasked_view", "reveals"]

VIEW_ROOT = "viewed"
_UNMASKED_ZONE = "U"
_FORM_PARTS = 4


def reveals(form: FormDefinition) -> bool:
    """Whether a form's answers could tell the arm."""
    return form.reveals_arm or form.zone == _UNMASKED_ZONE


def note_unmasked_view(
    session: Session, participant: str, prefix: str, form: FormDefinition, how: str = "form"
) -> None:
    """Record the view of a form that could reveal the arm; of any other form nothing is recorded.

    Args:
        session: Who is about to see it.
        participant: Random id.
        prefix: Path of the form.
        form: Its definition.
        how: ``form``, ``journal`` or ``export``.

    Raises:
        KnownFault: It could not be recorded; then nothing may be shown.
    """
    if reveals(form):
        _note(session, [(participant, prefix)], how)


def note_all_unmasked_views(session: Session, how: str) -> None:
    """Record the view of every form that could reveal the arm, as before an export of them all.

    Args:
        session: Who is about to see them; what their role does not read is not among them.
        how: ``export``.

    Raises:
        KnownFault: It could not be recorded; then nothing may be taken out.
    """
    shown = {
        (head.participant or "", "/".join(head.path.split("/")[:_FORM_PARTS]))
        for head in _revealing_heads(session)
    }
    _note(session, sorted(shown), how)


def _note(session: Session, forms: Iterable[tuple[str, str]], how: str) -> None:
    fresh = [one for one in forms if (*one, how) not in session.viewed]
    if not fresh:
        return
    with recording(session) as act:
        for participant, prefix in fresh:
            value = {"type": "view", "how": how}
            act.set("unmasked_viewed", f"{VIEW_ROOT}/{prefix}", value, participant=participant)
    session.viewed.update((*one, how) for one in fresh)


def _revealing_heads(session: Session) -> list[Head]:
    oids = [
        oid
        for oid, form in session.study.forms.items()
        if reveals(form) and (session.may(f"read:{oid}") or session.may(f"enter:{oid}"))
    ]
    if not oids:
        return []
    with session.store.read() as reader:
        return [head for oid in oids for head in reader.heads(form=oid)]
