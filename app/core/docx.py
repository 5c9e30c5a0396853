"""Word files of blank forms, drawn with python-docx from the same plain data as the PDF."""

import re
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

WIDTH_MM = 170
# Every Word in Taiwan has the regular script (標楷體) of official papers.
LATIN, CHINESE = "Times New Roman", "標楷體"
QUIET = RGBColor(0x4A, 0x57, 0x63)
# XML 1.0 cannot hold these; a name pasted from elsewhere may.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Pair = dict[str, str]


def draw(layout: dict) -> bytes:
    """The Word file of a blank form; keys of `layout`: see `templates/pdf/paper.typ`."""
    document = Document()
    _set_up(document, layout["title"])
    if layout["heading"]["zh"]:
        _write(document.add_paragraph(), layout["heading"], 14, centred=True)
    title = document.add_heading(level=1)
    _write(title, {"zh": layout["title"], "en": layout["title_en"]}, 18, centred=True)
    _table(document, layout)
    for grid in layout["grids"]:
        # Without a paragraph between them Word takes two tables for one.
        above = document.add_paragraph()
        above.paragraph_format.keep_with_next = True
        _write(above, grid["title"], 12)
        _table(document, grid)
    for note in layout["notes"]:
        _write(document.add_paragraph(), note, 10)
    for line in layout["signatures"]:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(18)
        for label in line:
            _write(paragraph, label, 12, brief=True)
            paragraph.add_run("_" * (44 // len(line)) + "　")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: WordDocument, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH_MM) / 2)
    section.top_margin = section.bottom_margin = Mm(20)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.language = "zh-TW"
    for name in ("Normal", "Heading 1"):
        style = document.styles[name]
        style.font.name = LATIN
        style.font.color.rgb = RGBColor(0, 0, 0)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CHINESE)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-TW")
        properties.append(language)
        style.paragraph_format.space_after = Pt(4)


def _table(document: WordDocument, layout: dict) -> None:
    shares = layout["columns"]
    widths = [Mm(WIDTH_MM * share / sum(shares)) for share in shares]
    table = document.add_table(rows=len(layout["rows"]), cols=len(shares), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    # Asked once: python-docx counts all cells of the table anew for each one.
    places = [list(row.cells) for row in table.rows]
    size = 12 if len(shares) <= 6 else 9
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate(layout["rows"]):
        if row["height"]:
            table.rows[at].height = Mm(row["height"])
            table.rows[at].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        free = (column for column in range(len(shares)) if (at, column) not in taken)
        for cell in row["cells"]:
            left = next(column for column in free if (at, column) not in taken)
            covers = [
                (at + down, left + right) for down in range(cell["rows"]) for right in range(cell["cols"])
            ]
            taken.update(covers)
            for down, right in covers:
                places[down][right].width = widths[right]
            # The last covered place is the opposite corner of a merged cell.
            down, right = covers[-1]
            corner = places[at][left]
            _fill(corner.merge(places[down][right]) if len(covers) > 1 else corner, cell, size)


def _fill(place: _Cell, cell: dict, size: int) -> None:
    if cell["label"]:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "EEF3F6")
        place._tc.get_or_add_tcPr().append(shade)
    # After the shade: Word wants the properties of a cell in the order of the schema.
    place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for spare in place.paragraphs[1:]:
        spare._p.getparent().remove(spare._p)
    for number, text in enumerate(cell["texts"]):
        _write(
            place.paragraphs[0] if number == 0 else place.add_paragraph(), text, size, centred=cell["label"]
        )


def _write(
    paragraph: Paragraph, pair: Pair, size: int, *, centred: bool = False, brief: bool = False
) -> None:
    """The official wording, and beneath it (`brief`: behind it) the small English one."""
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_NOT_XML.sub("", pair["zh"]))
    run.font.size = Pt(size)
    if pair["en"]:
        english = paragraph.add_run()
        if not brief:
            english.add_break()
        english.add_text(_NOT_XML.sub("", pair["en"]) + (" " if brief else ""))
        english.font.size = Pt(max(8, size * 2 // 3))
        english.font.color.rgb = QUIET
