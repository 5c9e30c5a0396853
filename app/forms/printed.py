"""Typed forms on paper: the filled form as a PDF, and a blank one for notes by hand."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import pdf
from app.core.i18n import EN, ZH, locale_code
from app.forms.base import OfficialForm
from app.forms.fields import AnswerField, CheckField, ChoiceField, LongTextField
from app.forms.paper import Grid, Paper, Repeat, Row, label, space
from app.forms.record_papers import record_grids

COLUMNS = (30, 55, 30, 55)
# Room for handwriting, in mm.
LINE, NOTE, TEXT, EVIDENCE, CHECKPOINT, ROW = 12, 24, 45, 38, 18, 20


def form_pdf(form: OfficialForm, *, footer: str = "") -> bytes:
    """The filled form as a tagged PDF in the present language, in the look of the paper form."""
    sections = [{**part, "blocks": list(_for_paper(part))} for part in form.blocks(paper=True)]
    # The head of a sheet is a table without a title, when it holds nothing but short fields.
    first = sections[0]["blocks"]
    header = first[0]["pairs"] if len(first) == 1 and "pairs" in first[0] else []
    return document_pdf(
        str(form.title),
        header=header,
        sections=sections[1:] if header else sections,
        footer=footer,
        signatures=[str(label) for label in form.signatures],
    )


def _for_paper(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Blocks as `templates/pdf/document.typ` draws them: short fields in pairs, a record as what it shows."""
    for short, blocks in groupby(section["blocks"], key=lambda block: block.get("wide") is False):
        if short:
            yield {"pairs": [[block["label"], block["value"]] for block in blocks]}
            continue
        for block in blocks:
            # A label says nothing that the section's title or the first column does not say.
            said = (section["title"], *block.get("table", {}).get("columns", ())[:1])
            named = "" if any(block["label"] in text for text in said) else block["label"]
            if "record" in block:
                yield from block["record"].blocks()
            else:
                yield {**block, "label": named}


def document_pdf(
    title: str,
    *,
    header: list[list[str]],
    sections: list[dict[str, Any]],
    footer: str = "",
    signatures: list[str] | None = None,
) -> bytes:
    """Any text of titled sections as a PDF in the look of the typed forms; shapes: `templates/pdf/document.typ`."""
    lang = "en" if locale_code() == EN else "zh"
    return pdf.render(
        "document",
        {
            "title": title,
            "lang": lang,
            "header": header,
            "sections": sections,
            "footer": footer,
            "signatures": signatures or [],
        },
    )


def blank_paper(form: OfficialForm) -> Paper:
    """The typed form as an empty sheet: every field of the declaration with room to write in."""
    # The paper is official: wordings that are composed here are composed in Chinese.
    with force_locale(ZH):
        tables: list[Grid] = [Grid(COLUMNS, ())]
        for section in form.sections:
            _print(tables, (Row((label(section.title, *filter(None, [section.note]), cols=4),)),))
            for short, fields in groupby(form.fields_of(section), key=_is_short):
                if short:
                    _print(tables, _pairs(list(fields)))
                    continue
                for field in fields:
                    _place(tables, field, titled=str(field.label.text) in str(section.title))
    first, *grids = tables
    return Paper(
        title=form.title,
        columns=COLUMNS,
        rows=first.rows,
        grids=tuple(grids),
        signatures=(form.signatures,) if form.signatures else (),
    )


def _print(tables: list[Grid], rows: tuple[Row, ...]) -> None:
    """Add rows of label and room to the last table, which is opened when another kind came before."""
    if tables[-1].columns != COLUMNS:
        tables.append(Grid(COLUMNS, ()))
    tables[-1] = Grid(COLUMNS, tables[-1].rows + rows)


def _place(tables: list[Grid], field: Any, *, titled: bool) -> None:
    """Add one tall field; rows and records bring tables of their own."""
    if field.kind == "record":
        tables += record_grids(field.instrument)
    elif field.kind == "repeat":
        tables.append(_repeat_grid(field))
    elif field.kind == "rubric":
        _print(tables, tuple(row for item in field.rows for row in _rubric_rows(item)))
    elif isinstance(field, ChoiceField):
        _print(tables, (Row((label(field.label.text), space(_boxes(field), cols=3)), LINE),))
    else:
        room = NOTE if field.rows <= 4 else TEXT
        named = () if titled else (label(field.label.text),)
        _print(tables, (Row((*named, space(*field.hints, cols=4 - len(named))), room),))


def _pairs(fields: list[AnswerField]) -> tuple[Row, ...]:
    """Short fields, two in a row; the last one of an odd number takes the whole row."""
    rows = []
    for at in range(0, len(fields), 2):
        two = fields[at : at + 2]
        room = 1 if len(two) == 2 else 3
        cells = [
            cell for field in two for cell in (label(field.label.text), space(cols=room, fill=field.fill))
        ]
        rows.append(Row(tuple(cells), LINE))
    return tuple(rows)


def _is_short(field: AnswerField) -> bool:
    choice = isinstance(field, LongTextField | ChoiceField | CheckField)
    return not choice and field.kind not in ("repeat", "rubric", "record")


def _repeat_grid(field: Any) -> Grid:
    """The columns of the rows, and as many empty rows as a page holds."""
    parts = [part for part in field.row() if part.show_if is None]
    head = Row(tuple(label(part.label.text) for part in parts))
    blank = Row(tuple(space() for _part in parts), ROW)
    shares = tuple(4 if isinstance(part, LongTextField) else 2 for part in parts)
    return Grid(shares, (head, Repeat((blank,), field.paper_rows)))


def _boxes(field: ChoiceField) -> str:
    return "　".join(f"□ {wording}" for _value, wording in field.options)


def _rubric_rows(item: Any) -> list[Row]:
    title = label(*item.group[1:], item.title, *item.checkpoint_titles, cols=2)
    return [
        Row((title, space(_("事實摘要敘述"), cols=2)), EVIDENCE if item.checkpoints else CHECKPOINT),
        Row((space(_boxes(item.form.rating), cols=4),), 10),
    ]
