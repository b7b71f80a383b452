"""What a signature covers, as it was when it was signed, beside what stands there now.

21 CFR 11.70 and EMA guideline on computerised systems 2023, 6.3: a later change makes a signature
void, and the version that was signed stays viewable. It reads the entries that the signature lists
by their hashes; only forms that the person may open are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import from_json
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.record import in_a_visit
from msclinic.services.entry_guards import demand_open
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.services.visit_reading import Words, shown_account
from msclinic.store import WHOLE, Head, Reader, SignatureRow, TrailRow
from msclinic.study import Study, activated_study
from msclinic.wording import tr

__all__ = ["SignedContent", "SignedForm", "SignedLine", "signed_content", "signed_over"]

_FORM, _GROUP, _ITEM = 4, 6, 7


@frozen
class SignedLine:
    """One answer, or a reason beside one.

    Attributes:
        path: Its register.
        label: The item's words under the study version that was signed.
        then: What was signed; empty where nothing stood there.
        now: What stands there now.
        state: ``same``, ``changed`` or ``added``.
        by: Account that changed it last, as the person may read it; empty for the program.
        at: When that was.
    """

    path: str
    label: str
    then: str
    now: str
    state: str
    by: str = ""
    at: datetime | None = None


@frozen
class SignedForm:
    """One form beneath a signature.

    Attributes:
        visit: Visit code.
        title: The form's words under the study version that was signed.
        lines: Its answers in the form's order.
    """

    visit: str
    title: str
    lines: tuple[SignedLine, ...]

    @property
    def moved(self) -> tuple[SignedLine, ...]:
        """What is not as it was signed."""
        return tuple(line for line in self.lines if line.state != "same")


@frozen
class SignedContent:
    """One signature and what it covers.

    Attributes:
        entry: Hash of the signature's entry.
        title: What was signed: a form, a visit, the casebook.
        meaning: What the signature says, in words.
        account: Who signed, as the person may read it.
        role: In which role, in words.
        signed_at: When.
        valid: Whether it stands.
        study: The study version's own name, and the start of its hash.
        components: What the signer typed: ``account`` and ``password``, or ``session`` and ``pin``;
            empty where the entry is from before it was written down.
        forms: What lies beneath, in the order of the schedule.
        hidden: How many forms beneath it the person may not open.
    """

    entry: str
    title: str
    meaning: str
    account: str
    role: str
    signed_at: datetime
    valid: bool
    study: str
    components: tuple[str, ...]
    forms: tuple[SignedForm, ...]
    hidden: int = 0

    @property
    def moved(self) -> int:
        """How many answers are not as they were signed."""
        return sum(len(form.moved) for form in self.forms)


def signed_over(session: Session, participant: str, prefix: str) -> tuple[SignatureRow, ...]:
    """Signatures over a form, a visit or the casebook, and those that list something in it.

    A rater learns of the signatures over the form alone: a gate or a visit tells of others.

    Args:
        session: Who looks.
        participant: Random id.
        prefix: Path of a form or visit, or ``WHOLE``.
    """
    if prefix.count("/") == _FORM - 1:
        _open(session, participant, prefix)
    elif masked_rater(session):
        return ()
    alone = masked_rater(session) or prefix == WHOLE
    with session.store.read() as reader:
        rows = reader.signatures(participant=participant)
    return tuple(
        row
        for row in rows
        if row.scope == prefix
        or (not alone and any(path.startswith(f"{prefix}/") for path, _ in row.items))
    )


def signed_content(
    session: Session, participant: str, entry: str, language: str = "en"
) -> SignedContent:
    """What one signature covers.

    Args:
        session: Who looks.
        participant: Random id.
        entry: Hash of the signature's entry.
        language: ``en`` or ``pl``.

    Raises:
        UserError: There is no such signature, or nothing in it that the person may see.
    """
    with session.store.read() as reader:
        found = [row for row in reader.signatures(participant=participant) if row.entry == entry]
        of_form = bool(found) and found[0].scope.count("/") == _FORM - 1
        if not found or (masked_rater(session) and not of_form):
            raise _no_signature()
        return _content(session, reader, participant, found[0], language)


def _content(
    session: Session, reader: Reader, participant: str, row: SignatureRow, language: str
) -> SignedContent:
    study = _study(session, reader, row.study_version)
    listed = dict(row.items)
    own = reader.trail(participant, row.path)
    value = next((one.value or {} for one in own if one.stored.hash == row.entry), {})
    paths = list(listed)
    if row.scope:
        prefix = None if row.scope == WHOLE else row.scope
        without = set(value.get("without", ()))
        paths += [
            head.path
            for head in reader.heads(participant=participant, prefix=prefix)
            if len(head.path.split("/")) >= _ITEM
            and in_a_visit(head.path)
            and head.path.split("/")[2] not in without
        ]
    by_form: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        by_form.setdefault("/".join(path.split("/")[:_FORM]), []).append(path)
    words = Words(session, language)
    forms, hidden = [], 0
    for scope in sorted(by_form, key=lambda one: _place(study, one)):
        if not _may_open(session, participant, scope):
            hidden += 1
            continue
        form = study.forms.get(scope.split("/")[2])
        lines = [
            line
            for path in _in_order(form, by_form[scope])
            if (line := _line(reader, participant, path, listed.get(path, ()), form, words))
        ]
        title = form.title.text(language) if form is not None else scope.split("/")[2]
        forms.append(SignedForm(scope.split("/")[0], title, tuple(lines)))
    if not forms:
        raise _no_signature()
    meaning, role = study.meanings.get(row.meaning), study.roles.get(row.role or "")
    return SignedContent(
        entry=row.entry,
        title=_title(study, row, forms, language),
        meaning=meaning.title.text(language) if meaning is not None else row.meaning,
        account=shown_account(session, row.actor or "", row.role or ""),
        role=role.title.text(language) if role is not None else row.role or "",
        signed_at=row.typed_at,
        valid=row.status == "valid",
        study=f"{study.version_label} ({study.version[:12]})",
        components=tuple(map(str, value.get("components", ()))),
        forms=tuple(forms),
        hidden=hidden,
    )


def _line(
    reader: Reader,
    participant: str,
    path: str,
    signed: Sequence[str],
    form: FormDefinition | None,
    words: Words,
) -> SignedLine | None:
    """One register as it was and as it is; none where there is nothing to read in it."""
    heads = reader.at(participant, path)
    same = {one.entry for one in heads if not set(one.known).isdisjoint(signed)}
    state = "same" if signed and same == {one.entry for one in heads} else "changed"
    if not signed:
        state = "added"
    if len(path.split("/")) == _GROUP and state == "same":
        return None
    trail = {one.stored.hash: one for one in reader.trail(participant, path)}
    then = [_said(trail[one], form, path, words) for one in signed if one in trail]
    now = [_said(trail[one.entry], form, path, words) for one in heads if one.entry in trail]
    last = _latest(heads) if state != "same" else None
    return SignedLine(
        path=path,
        label=_label(form, path, words.language),
        then=" / ".join(then),
        now=" / ".join(now),
        state=state,
        by=shown_account(words.session, last.actor or "", last.role or "") if last else "",
        at=last.recorded_at if last else None,
    )


def _latest(heads: Iterable[Head]) -> Head | None:
    return max(heads, key=lambda head: head.recorded_at, default=None)


def _said(row: TrailRow, form: FormDefinition | None, path: str, words: Words) -> str:
    language = words.language
    if row.removed:
        return tr("removed as personal data", language)
    parts = path.split("/")
    if len(parts) == _GROUP:
        there = (row.value or {}).get("value") == "present"
        return tr("entered", language) if there else tr("removed", language)
    if len(parts) > _ITEM:
        return str((row.reason or {}).get("text") or (row.reason or {}).get("code") or "")
    item = _item(form, parts[6])
    answer = from_json(row.value) if row.value is not None else None
    if item is None:
        return _plain(row.value)
    return words.answer(item, answer)


def _plain(value: Mapping[str, Any] | None) -> str:
    """A value whose item the study version does not have, as it was written."""
    return str((value or {}).get("value", ""))


def _label(form: FormDefinition | None, path: str, language: str) -> str:
    parts = path.split("/")
    group = next((one for one in form.item_groups if one.oid == parts[4]), None) if form else None
    if len(parts) == _GROUP:
        title = group.title.text(language) if group is not None and group.title else parts[4]
        return tr("Repeat of: {group}", language, group=title)
    item = _item(form, parts[6])
    label = item.label.text(language) if item is not None else parts[6]
    if len(parts) > _ITEM:
        return tr("{item}: reason given", language, item=label)
    return label


def _item(form: FormDefinition | None, oid: str) -> ItemDefinition | None:
    if form is None:
        return None
    every = (item for group in form.item_groups for item in group.items)
    return next((item for item in every if item.oid == oid), None)


def _in_order(form: FormDefinition | None, paths: Iterable[str]) -> list[str]:
    """Groups and items as the form has them; reasons after what they were given for."""
    groups = [group.oid for group in form.item_groups] if form else []
    items = [item.oid for group in form.item_groups for item in group.items] if form else []

    def place(path: str) -> tuple[int, str, int, str]:
        parts = [*path.split("/"), "", ""]
        group = groups.index(parts[4]) if parts[4] in groups else len(groups)
        item = items.index(parts[6]) if parts[6] in items else -1 if not parts[6] else len(items)
        return (group, parts[5], item, path)

    return sorted(paths, key=place)


def _place(study: Study, scope: str) -> tuple[int, str, int, str]:
    visit, key, form, _ = (*scope.split("/"), "", "", "")[:4]
    planned = next((one for one in study.visits if one.code == visit), None)
    forms = [one.form for one in planned.forms] if planned is not None else []
    at = forms.index(form) if form in forms else len(forms)
    return (planned.order if planned is not None else 10_000, key, at, scope)


def _title(study: Study, row: SignatureRow, forms: Sequence[SignedForm], language: str) -> str:
    if row.scope == WHOLE:
        return tr("The whole casebook", language)
    if row.scope.count("/") == 1:
        code = row.scope.split("/")[0]
        known = next((one for one in study.visits if one.code == code), None)
        return known.title.text(language) if known is not None else code
    return forms[0].title


def _may_open(session: Session, participant: str, scope: str) -> bool:
    try:
        _open(session, participant, scope)
    except (UserError, KeyError):
        return False
    return True


def _open(session: Session, participant: str, scope: str) -> None:
    visit, key, form, form_key = scope.split("/")
    demand_open(session, participant, visit, key, form, form_key)


def _study(session: Session, reader: Reader, version: str | None) -> Study:
    if version is None or version == session.study.version:
        return session.study
    content = reader.study_content(version)
    return session.study if content is None else _opened(content)


@lru_cache(maxsize=4)
def _opened(content: bytes) -> Study:
    # Reading a study takes a second and the same bytes always give the same study.
    return activated_study(content)


def _no_signature() -> UserError:
    return UserError(
        "no_such_signature",
        what="There is no such signature.",
        why="It is not in the record, or it is over forms that your role does not open.",
        what_to_do="Open it from the form that it stands under.",
    )
