"""The text of a document as it can be read from its PDF."""

import pypdfium2

from msclinic.reports.summary import BuiltDocument

__all__ = ["page_texts", "squeezed"]


def page_texts(document: BuiltDocument) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(document.pdf) as pdf:
        return [
            page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
            for page in pdf
        ]


def squeezed(document: BuiltDocument) -> str:
    """All text without any space, so that line breaks do not matter."""
    return "".join("".join(page_texts(document)).split())
