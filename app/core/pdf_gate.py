"""The gate every uploaded PDF passes: whole, readable by everyone, and doing nothing by itself.

The bytes are judged as they are and stay as they are (re-saving would break digital signatures). What needs
a parser happens in a child process (`pdf_gate_child.py`) that a hostile file may kill without harm.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound

MAX_BYTES = 2 * 1024 * 1024
WALL_SECONDS = 10
WHITESPACE = b"\x00\t\n\x0c\r "
CHILD = Path(__file__).with_name("pdf_gate_child.py")

# What the user reads: what is wrong, and what to do about it.
ADVICE = {
    "empty": _l("The file is empty. Please choose the PDF again, or export it again."),
    "too_large": _l(
        "The file is larger than 2 MB. Please scan with 150 to 200 dpi, or in grey instead of colour, and "
        "export it again."
    ),
    "not_pdf": _l(
        "This file is not a PDF. Please save or export your document as PDF; renaming a file does not "
        "change it."
    ),
    "truncated": _l(
        "The file is incomplete: its end is missing. Please copy or export it again and upload it once more."
    ),
    "damaged": _l(
        "The file is damaged and cannot be read safely. Please export or scan the document again, or print "
        "the file to a new PDF."
    ),
    "encrypted": _l(
        "The file is protected by a password. Please save it without password and without restrictions."
    ),
    "too_many_pages": _l(
        "The file has more than 50 pages. Please upload only the signed form and what belongs to it."
    ),
    "active_content": _l(
        "The file contains a script or another action that starts by itself. Please print it to a new PDF "
        "and upload that."
    ),
    "attachment": _l(
        "Another file is attached inside this PDF. Please remove the attachment, or print the document to a "
        "new PDF."
    ),
    "timeout": _l(
        "Reading the file took too long. Please print it to a new PDF, or scan it again, and upload that."
    ),
}


@dataclass(frozen=True)
class GateResult:
    """The judgement: `code` is "ok" or a key of `ADVICE`; `detail` is for the log."""

    code: str
    pages: int = 0
    detail: str = ""

    @property
    def ok(self) -> bool:
        """The file may be stored."""
        return self.code == "ok"

    @property
    def message(self) -> object:
        """What to tell the user (lazy text); empty when all is well."""
        return ADVICE.get(self.code, "")


def check_pdf(data: bytes, max_bytes: int = MAX_BYTES) -> GateResult:
    """Judge the bytes of one upload in about 0.25 s, never more than 10; RuntimeError if the gate fails."""
    if not data:
        return GateResult("empty")
    if len(data) > max_bytes:
        return GateResult("too_large", detail=f"{len(data)} bytes")
    if not data.startswith(b"%PDF-"):
        return GateResult("not_pdf", detail=repr(data[:16]))
    _, marker, rest = data[-1024:].rpartition(b"%%EOF")
    if not marker:
        return GateResult("truncated", detail="no %%EOF")
    if rest.strip(WHITESPACE):
        return GateResult("damaged", detail="data after %%EOF")
    return _ask_child(data)


def page_picture(data: bytes, number: int) -> bytes:
    """Page `number` (from 1) of a PDF as JPEG, in about 0.2 s; NotFound if it cannot be drawn."""
    try:
        picture = _run_child(data, str(number)).stdout
    except subprocess.TimeoutExpired:
        picture = b""
    if not picture:
        raise NotFound(_l("This page cannot be shown as a picture."), code="no_picture")
    return picture


def _run_child(data: bytes, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-I", str(CHILD), *arguments]
    return subprocess.run(command, input=data, capture_output=True, timeout=WALL_SECONDS, env={})


def _ask_child(data: bytes) -> GateResult:
    try:
        child = _run_child(data)
    except subprocess.TimeoutExpired:
        return GateResult("timeout", detail="wall clock")
    if child.returncode in (-24, -9):  # SIGXCPU, or SIGKILL from the kernel at the hard limit
        return GateResult("timeout", detail=f"signal {-child.returncode}")
    if child.returncode < 0:
        return GateResult("damaged", detail=f"signal {-child.returncode}")
    if child.returncode > 0:
        # Not the file's fault: a missing library or a fault of ours must not be blamed on the user.
        raise RuntimeError(f"PDF gate failed: {child.stderr.decode(errors='replace')[-500:]}")
    return GateResult(**json.loads(child.stdout))
