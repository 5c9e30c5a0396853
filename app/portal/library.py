"""檔案下載: blank forms with the person's name and school filled in."""

from flask import Response, abort, render_template

from app.core.i18n import pick
from app.forms import registry
from app.forms.printed import blank_paper
from app.people.queries import profile_of
from app.portal.blueprint import bp, me
from app.portal.files import blank_answer, prefill_of
from app.reference.models import Download
from app.reference.queries import active


@bp.get("/downloads/")
def downloads() -> str:
    """The blanks on offer."""
    known = {code for code, _version in registry.load()}
    rows = [
        (row, pick(row.description_zh, row.description_en))
        for row in active(Download)
        if row.form_code in known
    ]
    return render_template("downloads/index.html", rows=rows)


@bp.get("/downloads/<code>.<any(docx, pdf):kind>")
def download(code: str, kind: str) -> Response:
    """One blank form, made for this person."""
    try:
        form = registry.build(code)
    except KeyError:
        abort(404)
    paper = getattr(form, "paper", None) or blank_paper(form)
    user = me()
    return blank_answer(paper, kind, str(form.title), prefill_of(user, profile_of(user)))
