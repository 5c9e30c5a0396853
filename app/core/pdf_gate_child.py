"""Looks into one PDF from standard input, in a process of its own with little memory and little time.

Run by `pdf_gate` as a bare program, so nothing of the portal is imported here. Without an argument it judges
and answers one JSON document on standard output, `{"code", "pages", "detail"}`; the code is "ok" or a key of
`pdf_gate.ADVICE`. With the number of a page it answers that page as JPEG, or nothing.
"""

import contextlib
import io
import json
import os
import resource
import sys
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
MAX_PAGES = 50
MAX_DEPTH = 60
MAX_NODES = 400_000
# The longer side of a drawn page: A4 at some 150 dots per inch.
PAGE_PIXELS = 1754

# ISO 32000-1, 12.6: what a document may do by itself or to the reader's machine.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
KIND_KEYS = {"/Type", "/Subtype"}
ACTIVE_KINDS = {"/RichMedia", "/Movie", "/Screen", "/3D"}
ATTACHED_KEYS = {"/EmbeddedFiles", "/EF"}
ATTACHED_KINDS = {"/EmbeddedFile", "/FileAttachment"}
DANGEROUS_LINKS = ("javascript:", "vbscript:", "data:", "file:")


class Refused(Exception):
    """The file must not come in: `code` for the user, `detail` for the log."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def main() -> None:
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if sys.argv[1:]:
        with contextlib.suppress(Exception):  # A page that cannot be drawn is no picture.
            sys.stdout.buffer.write(drawn(data, int(sys.argv[1]) - 1))
    else:
        sys.stdout.write(json.dumps(judged(data)))
    sys.stdout.flush()
    # A library's clean-up of a hostile file is none of our business.
    os._exit(0)


def judged(data: bytes) -> dict[str, object]:
    """May it come in?"""
    import pikepdf

    answer: dict[str, object] = {"code": "ok", "pages": 0, "detail": ""}
    try:
        answer["pages"] = inspect(pikepdf, data)
        drawn(data, 0)
    except Refused as refusal:
        answer.update(code=refusal.code, detail=refusal.detail)
    except Exception as error:  # A parser may fail in any way on hostile bytes; each means the same.
        answer.update(code="damaged", detail=f"{type(error).__name__}: {error}"[:300])
    return answer


def inspect(pikepdf: Any, data: bytes) -> int:
    """The number of pages; raises Refused."""
    try:
        document = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused("encrypted", "needs a password to open") from None
    if document.is_encrypted:
        raise Refused("encrypted", "has an owner password")
    pages = len(document.pages)
    if pages == 0:
        raise Refused("damaged", "has no pages")
    if pages > MAX_PAGES:
        raise Refused("too_many_pages", f"{pages} pages")
    Walk(pikepdf).through(document)
    # Asked last: objects are read, and their faults found, while walking.
    if warnings := document.get_warnings():
        raise Refused("damaged", str(warnings[0])[:300])
    return pages


class Walk:
    """Visits every indirect object once and all direct objects inside; refuses what acts or is attached."""

    def __init__(self, pikepdf: Any) -> None:
        self.dictionaries = (pikepdf.Dictionary, pikepdf.Stream)
        self.array = pikepdf.Array
        self.words = (pikepdf.Name, pikepdf.String)
        self.left = MAX_NODES

    def through(self, document: Any) -> None:
        for thing in document.objects:
            self.visit(thing, 0)
        self.visit(document.trailer, 0)

    def visit(self, thing: Any, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            raise Refused("damaged", "too deep or too many objects")
        if isinstance(thing, self.dictionaries):
            for key, value in thing.items():
                self.entry(str(key), value)
                self.below(value, depth)
        elif isinstance(thing, self.array):
            for value in thing:
                self.below(value, depth)

    def below(self, value: Any, depth: int) -> None:
        # Indirect objects have their own turn in `through`: so no circle, and nothing twice.
        if isinstance(value, (*self.dictionaries, self.array)) and not value.is_indirect:
            self.visit(value, depth + 1)

    def entry(self, key: str, value: Any) -> None:
        if key in ACTIVE_KEYS:
            raise Refused("active_content", key)
        if key in ATTACHED_KEYS:
            raise Refused("attachment", key)
        # Word and LibreOffice say with it where to start reading: an array, or an action GoTo.
        if key == "/OpenAction" and isinstance(value, self.dictionaries) and value.get("/S") != "/GoTo":
            raise Refused("active_content", "OpenAction")
        if not isinstance(value, self.words):
            return
        word = str(value)
        if (key == "/S" and word in ACTIVE_ACTIONS) or (key in KIND_KEYS and word in ACTIVE_KINDS):
            raise Refused("active_content", word)
        if key in KIND_KEYS and word in ATTACHED_KINDS:
            raise Refused("attachment", word)
        if key == "/URI" and word.strip().lower().startswith(DANGEROUS_LINKS):
            raise Refused("active_content", word[:80])


def drawn(data: bytes, index: int) -> bytes:
    """One page as JPEG, its longer side `PAGE_PIXELS` long."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    # What was typed into the fields of the PDF itself is drawn, too.
    document.init_forms()
    page = document[index]
    out = io.BytesIO()
    page.render(scale=PAGE_PIXELS / max(page.get_size())).to_pil().convert("RGB").save(
        out, "JPEG", quality=80
    )
    return out.getvalue()


if __name__ == "__main__":
    main()
