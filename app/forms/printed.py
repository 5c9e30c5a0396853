"""Typed forms on paper: the filled form as a PDF, and a blank one for notes by hand."""

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import pdf
from app.core.i18n import EN, ZH, locale_code
from app.forms.base import OfficialForm
from app.forms.fields import AnswerField, CheckField, ChoiceField, LongTextField
from app.forms.paper import Paper, Row, label, space

# Room for handwriting, in mm.
LINE, TEXT, EVIDENCE = 12, 45, 38


def form_pdf(form: OfficialForm, *, footer: str = "") -> bytes:
    """The filled form as a tagged PDF in the present language; short fields of the head form a table."""
    head, *rest = form.blocks(paper=True)
    short = [[b["label"], b["value"]] for b in head["blocks"] if "table" not in b and not b["wide"]]
    if len(short) < len(head["blocks"]):
        short, rest = [], [head, *rest]
    sections = [{**part, "blocks": [_named(part, block) for block in part["blocks"]]} for part in rest]
    return document_pdf(str(form.title), header=short, sections=sections, footer=footer)


def document_pdf(
    title: str, *, header: list[list[str]], sections: list[dict[str, Any]], footer: str = ""
) -> bytes:
    """Any text of titled sections as a PDF in the look of the typed forms; shapes: `templates/pdf/document.typ`."""
    lang = "en" if locale_code() == EN else "zh"
    return pdf.render(
        "document", {"title": title, "lang": lang, "header": header, "sections": sections, "footer": footer}
    )


def _named(section: dict[str, Any], block: dict[str, Any]) -> dict[str, Any]:
    """The block without its label where the section's title says the same."""
    return {**block, "label": ""} if block["label"] in section["title"] else block


def blank_paper(form: OfficialForm) -> Paper:
    """The typed form as an empty sheet: every field of the declaration with room to write in."""
    # The paper is official: wordings that are composed here are composed in Chinese.
    with force_locale(ZH):
        return Paper(title=form.title, columns=(30, 55, 30, 55), rows=_rows(form))


def _rows(form: OfficialForm) -> tuple[Row, ...]:
    rows: list[Row] = []
    for section in form.sections:
        rows.append(Row((label(section.title, *([section.note] if section.note else []), cols=4),)))
        pending: list[Any] = []
        for field in form.fields_of(section):
            if _is_short(field):
                pending += [label(field.label.text), space()]
                if len(pending) == 4:
                    rows.append(Row(tuple(pending), LINE))
                    pending = []
            else:
                rows += _tall(field)
        if pending:
            rows.append(Row((pending[0], space(cols=3)), LINE))
    return tuple(rows)


def _is_short(field: AnswerField) -> bool:
    return type(field) not in (LongTextField, ChoiceField, CheckField) and field.kind not in (
        "repeat",
        "rubric",
    )


def _tall(field: Any) -> list[Row]:
    if field.kind == "rubric":
        return [row for item in field.rows for row in _rubric_rows(item)]
    if field.kind == "repeat":
        sample = [part.label.text for part in field.row()]
        return [
            Row((label(field.label.text, cols=4),)),
            *(Row((label(text), space(cols=3)), LINE) for text in sample),
        ]
    if isinstance(field, ChoiceField):
        return [Row((label(field.label.text), space(_boxes(field), cols=3)), LINE)]
    return [Row((label(field.label.text), space(*field.hints, cols=3)), TEXT)]


def _boxes(field: ChoiceField) -> str:
    return "　".join(f"□ {wording}" for _value, wording in field.options)


def _rubric_rows(item: Any) -> list[Row]:
    title = label(item.title, *item.checkpoint_titles, cols=2)
    return [
        Row((title, space(_("事實摘要敘述"), cols=2)), EVIDENCE),
        Row((space(_boxes(item.form.rating), cols=4),), 10),
    ]
