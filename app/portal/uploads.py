"""One slot with a signed form: the blank to download, the PDF to upload, take back, and download again."""

from typing import Any

import structlog
from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import service
from app.cases.models import Case
from app.cases.queries import SlotView
from app.core.db import end_read, transaction
from app.core.errors import PortalError
from app.core.file_answers import stored_page, stored_pdf
from app.core.files import FileStore
from app.core.pdf_gate import check_pdf
from app.core.web import flash_error
from app.portal.blueprint import bp, me
from app.portal.files import blank_answer
from app.portal.pins import pins_at
from app.portal.place import Place, find

log = structlog.get_logger()


def page(place: Place, *, error: str = "", status: int = 200) -> Any:
    """The upload page as the seed draws it."""
    return render_template(
        "cases/upload.html",
        place=place,
        case=place.case,
        form=place.build(),
        whole=pins_at(place, place.build())[1],
        error=error,
        limit=current_app.config["UPLOAD_LIMIT"],
    ), status


def receive(place: Place) -> Any:
    """Check and keep the uploaded PDF.

    1. Read the bytes. 2. Let the database go while the gate parses and the store writes.
    3. Write the row that names the file.
    """
    upload = request.files.get("file")
    if not place.editable:
        return page(
            place, error=_("This form cannot be changed in the present state of the case."), status=409
        )
    if upload is None or not upload.filename:
        if place.document and place.document.file_id:
            flash_saved(place.slot)
            return redirect(url_for("portal.case_page", case_id=place.case.id), 303)
        return page(place, error=_("Please choose a PDF file first."), status=422)
    data, name = upload.read(), upload.filename
    limit, version = current_app.config["UPLOAD_LIMIT"], request.form.get("version", 0, int)
    end_read()
    judged = check_pdf(data, limit)
    if not judged.ok:
        log.info("upload refused", code=judged.code, detail=judged.detail)
        return page(place, error=str(judged.message), status=422)
    try:
        blob = FileStore(current_app.config["FILES_DIR"]).put(data)
        with transaction():
            service.attach_file(
                me(),
                place.case,
                slot=place.slot.code,
                form_code=place.code,
                form_version=place.kind.version,
                sha256=blob.sha256,
                size=blob.size,
                pages=judged.pages,
                file_name=_plain(name),
                version=version,
            )
    except PortalError as refusal:
        return page(place, error=str(refusal.message), status=refusal.status)
    flash(_("The file was checked and stored: %(name)s", name=_plain(name)), "success")
    return redirect(place.url, 303)


@bp.post("/cases/<int:case_id>/<slot>/remove")
def slot_remove(case_id: int, slot: str) -> Any:
    """點擊取消上傳此檔案."""
    place = find(case_id, slot)
    try:
        with transaction():
            service.remove_file(me(), place.case, slot=slot, version=request.form.get("version", 0, int))
    except PortalError as refusal:
        flash_error(refusal)
    else:
        flash(_("The file was taken out. You can upload another one, or the same one again."), "info")
    return redirect(place.url, 303)


@bp.get("/cases/<int:case_id>/<slot>/file")
@bp.get("/cases/<int:case_id>/<slot>/file/<int:number>")
def slot_file(case_id: int, slot: str, number: int = 0) -> Response:
    """The PDF that stands in the slot, or page `number` of it as a picture."""
    document = find(case_id, slot).document
    if document is None or document.file is None:
        abort(404)
    sha256 = document.file.sha256
    return stored_page(sha256, number) if number else stored_pdf(sha256, document.file_name)


@bp.get("/cases/<int:case_id>/<slot>/blank.<any(docx, pdf):kind>")
def slot_blank(case_id: int, slot: str, kind: str) -> Response:
    """The blank form with the applicant's name and school filled in."""
    place = find(case_id, slot)
    paper = getattr(place.kind, "paper", None)
    if paper is None:
        abort(404)
    return blank_answer(paper, kind, str(place.kind.title), _prefill(place.case))


def _prefill(case: Case) -> dict[str, str]:
    return {
        "teacher": case.applicant.name,
        "school": case.school.label_zh,
        "county": case.county.label_zh,
        "school_year": str(case.campaign.label_year),
    }


def flash_saved(slot: SlotView) -> None:
    """儲存 worked and the form is complete."""
    flash(_("Saved and complete: %(title)s", title=slot.title), "success")


def _plain(name: str) -> str:
    """The file's own name without a path, as it is shown."""
    return name.replace("\\", "/").rpartition("/")[2].strip() or "document.pdf"
