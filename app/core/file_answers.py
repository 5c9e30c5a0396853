"""Kept files as answers: to keep, to open in the browser, or a page of a PDF as a picture."""

from flask import Response, current_app

from app.core.db import end_read
from app.core.files import FileStore, content_disposition
from app.core.pdf_gate import page_picture


def file_answer(data: bytes, name: str, media_type: str = "application/pdf") -> Response:
    """A file for the visitor to keep; nothing in it can act in the portal's name."""
    return Response(
        data,
        mimetype=media_type,
        headers={
            "Content-Disposition": content_disposition(name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def stored_pdf(sha256: str, name: str, *, inline: bool = False) -> Response:
    """A kept upload, as an attachment or (`inline`) in the browser; `NotFound` when its bytes are gone."""
    answer = file_answer(_bytes(sha256), name or "document.pdf")
    if inline:
        # A browser shows no PDF in a sandbox.
        answer.headers["Content-Disposition"] = content_disposition(name or "document.pdf", inline=True)
        del answer.headers["Content-Security-Policy"]
    return answer


def stored_page(sha256: str, number: int) -> Response:
    """Page `number` (from 1) of a kept upload as a picture; `NotFound` when there is none."""
    data = _bytes(sha256)
    end_read()
    return Response(page_picture(data, number), mimetype="image/jpeg")


def _bytes(sha256: str) -> bytes:
    with FileStore(current_app.config["FILES_DIR"]).open(sha256) as file:
        return file.read()
