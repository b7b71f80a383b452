"""Licensed wording a site adds to its study: labels of items that shipped forms leave neutral.

The texts are part of the content, so that what a participant was asked is known for every answer.
"""

from attrs import evolve

from msclinic.forms.definitions import FormDefinition, Text
from msclinic.study.reader import Place, Reader

__all__ = ["FOLDER", "worded"]

FOLDER = "wording/"


def worded(
    reader: Reader, place: Place | None, form: FormDefinition | None
) -> FormDefinition | None:
    """The form with the labels of one wording file, or as it was where the file has mistakes.

    Args:
        reader: Of that file.
        place: What it holds, or none where it is no YAML.
        form: The form it is named like, or none where the study has no such form.
    """
    if form is None:
        oid = reader.file.removeprefix(FOLDER).removesuffix(".yaml")
        reader.wrong(1, "UNKNOWN_FORM", f"there is no form {oid} for these words")
        return None
    if place is None:
        return form
    if not isinstance(place.value, dict):
        reader.wrong(place.line, "WRONG_VALUE", "a wording file is a mapping of items to texts")
        return form
    known = {item.oid for group in form.item_groups for item in group.items}
    labels: dict[str, Text] = {}
    for oid, text in place.value.items():
        if oid not in known:
            reader.wrong(text.line, "UNKNOWN_ITEM", f"the form {form.oid} has no item {oid}", oid)
            continue
        labels[oid] = reader.wording(text, "label", oid)
    groups = tuple(
        evolve(
            group,
            items=tuple(
                evolve(item, label=labels[item.oid]) if item.oid in labels else item
                for item in group.items
            ),
        )
        for group in form.item_groups
    )
    return evolve(form, item_groups=groups)
