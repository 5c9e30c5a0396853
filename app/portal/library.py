"""檔案下載 and 功能專區: blank forms with the person's name and school filled in."""

from flask import Response, abort, render_template

from app.core.i18n import pick
from app.forms import registry
from app.forms.printed import blank_paper
from app.people.queries import profile_of
from app.portal.blueprint import bp, me
from app.portal.files import blank_answer, prefill_of
from app.reference.models import Download, FormType
from app.reference.queries import active

# The observation records one practises with outside a case, in the order of the three steps.
PRACTICE = ("pre-observation-a", "observation-105", "post-observation-b")
INSTRUMENTS = ("anecdotal", "verbal-flow", "at-task", "teacher-movement", "flanders", "verbatim")


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


@bp.get("/toolbox/")
def toolbox() -> str:
    """What can be practised now, and what is still to come."""
    labels = {row.code: row.label for row in active(FormType)}
    known = {code for code, _version in registry.load()}
    coming = [labels[code] for code in INSTRUMENTS if code in labels and code not in known]
    return render_template(
        "toolbox/index.html", forms=[(c, labels.get(c, c)) for c in PRACTICE], coming=coming
    )
