"""The blanks for paper: every field of the official form, in Word and in PDF, filled where known."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pypdfium2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel

from app.core.pdf_gate import check_pdf
from app.forms import (
    checklist_advanced,
    checklist_initial,
    checklist_mentor,
    community_proof,
    mentoring_proofs,
    open_lesson_proof,
    registry,
    renewal_recommendation,
)
from app.forms.paper import Paper, Repeat, Row, label, layout, paper_docx, paper_pdf, space

GOLDEN = Path(__file__).parents[1] / "golden"
PAPERS = {
    "open-lesson-proof": open_lesson_proof.PAPER,
    "community-proof": community_proof.PAPER,
    "checklist-advanced": checklist_advanced.PAPER,
    "checklist-initial": checklist_initial.PAPER,
    "checklist-mentor": checklist_mentor.PAPER,
    "renewal-recommendation": renewal_recommendation.PAPER,
    "mentoring-proofs": mentoring_proofs.PAPER,
}
KNOWN = {"teacher": "王小明", "school": "市立東門國小", "county": "桃園市", "school_year": "110"}
ZH, EN = "zh_Hant_TW", "en"


@pytest.fixture(autouse=True)
def words(tmp_path: Path) -> Iterator[None]:
    """A small application with three English words: the real catalogue is not under test here."""
    catalog = Catalog(locale="en")
    catalog.add("公開授課實施證明", "Proof of open lesson")
    catalog.add("授課教師", "Teacher")
    catalog.add("%(school_year)s學年度教師專業發展實踐方案", "Programme of %(school_year)s")
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = Flask("papers")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app, default_locale=ZH)
    with app.app_context():
        yield


def pdf_text(data: bytes) -> str:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]
    return "\n".join("\n".join(page.split()) for page in pages) + "\n"


def word_text(data: bytes) -> str:
    document = docx.Document(BytesIO(data))
    body = [paragraph.text for paragraph in document.paragraphs]
    for row in document.tables[0].rows:
        body += [cell.text for cell in dict.fromkeys(row.cells)]
    return "\n".join(body)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("_", "")


def test_no_signed_form_is_left_out() -> None:
    assert {form.code for form in registry.all_forms() if form.kind == "upload"} == set(PAPERS)


@pytest.mark.parametrize("code", PAPERS)
def test_golden(code: str) -> None:
    text = pdf_text(paper_pdf(PAPERS[code], {}, ZH))
    assert text == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", PAPERS)
@pytest.mark.parametrize(("known", "locale"), [({}, ZH), (KNOWN, EN)])
def test_one_page_that_our_own_gate_lets_in(code: str, known: dict[str, str], locale: str) -> None:
    result = check_pdf(paper_pdf(PAPERS[code], known, locale))
    assert (result.code, result.pages) == ("ok", 1)


@pytest.mark.parametrize("code", PAPERS)
def test_word_says_what_the_pdf_says(code: str) -> None:
    made = layout(PAPERS[code], KNOWN, ZH)
    word = squeezed(word_text(paper_docx(PAPERS[code], KNOWN, ZH)))
    pdf = squeezed(pdf_text(paper_pdf(PAPERS[code], KNOWN, ZH)))
    texts = [text["zh"] for row in made["rows"] for cell in row["cells"] for text in cell["texts"]]
    texts += [made["title"], made["heading"]["zh"], *(note["zh"] for note in made["notes"])]
    texts += [text["zh"] for line in made["signatures"] for text in line]
    for text in texts:
        assert squeezed(text) in word
        assert squeezed(text) in pdf


@pytest.mark.parametrize("code", PAPERS)
def test_rows_fill_the_grid_exactly(code: str) -> None:
    made = layout(PAPERS[code], {}, ZH)
    width = len(made["columns"])
    taken = [[0] * width for _ in made["rows"]]
    for at, row in enumerate(made["rows"]):
        for cell in row["cells"]:
            left = taken[at].index(0)
            for down in range(at, at + cell["rows"]):
                for right in range(left, left + cell["cols"]):
                    taken[down][right] += 1
    assert taken == [[1] * width for _ in made["rows"]]


@pytest.mark.parametrize("code", PAPERS)
def test_known_values_are_filled_in(code: str) -> None:
    for text in (
        word_text(paper_docx(PAPERS[code], KNOWN, ZH)),
        pdf_text(paper_pdf(PAPERS[code], KNOWN, ZH)),
    ):
        assert "王小明" in text
        assert "市立東門國小" in text
        assert "縣(市)" not in text


def test_half_known_stays_blank() -> None:
    made = squeezed(
        pdf_text(paper_pdf(open_lesson_proof.PAPER, {"school": "市立東門國小", "county": ""}, ZH))
    )
    assert "縣(市)學校" in made
    assert "東門" not in made


def test_school_year_of_the_heading() -> None:
    assert "110學年度教師專業發展實踐方案" in squeezed(pdf_text(paper_pdf(community_proof.PAPER, KNOWN, ZH)))
    assert layout(community_proof.PAPER, {}, ZH)["heading"]["zh"] == "____學年度教師專業發展實踐方案"


def test_english_stands_beneath_the_official_wording() -> None:
    made = layout(open_lesson_proof.PAPER, {}, EN)
    assert (made["title"], made["title_en"]) == ("公開授課實施證明", "Proof of open lesson")
    assert layout(community_proof.PAPER, KNOWN, EN)["heading"]["en"] == "Programme of 110"
    for text in (
        word_text(paper_docx(open_lesson_proof.PAPER, {}, EN)),
        pdf_text(paper_pdf(open_lesson_proof.PAPER, {}, EN)).replace("\n", " "),
    ):
        assert "公開授課實施證明" in text
        assert "Proof of open lesson" in text
    assert layout(open_lesson_proof.PAPER, {}, ZH)["title_en"] == ""


def test_block_repeats() -> None:
    block = Repeat((Row((label("第____次", rows=2), space("一"))), Row((space("二"),))), times=3)
    made = layout(Paper(title="題", columns=(1, 2), rows=(block,)), {}, ZH)
    assert [len(row["cells"]) for row in made["rows"]] == [2, 1] * 3


def test_merged_cells_and_language_of_the_word_file() -> None:
    document = docx.Document(BytesIO(paper_docx(open_lesson_proof.PAPER, {}, ZH)))
    table = document.tables[0]
    assert table.cell(4, 0)._tc is table.cell(6, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 3)._tc
    for cell in table._tbl.iter_tcs():
        order = [child.tag.split("}")[1] for child in cell.tcPr]
        schema = ["tcW", "gridSpan", "vMerge", "shd", "vAlign"]
        assert order == sorted(order, key=schema.index)
    assert document.core_properties.title == "公開授課實施證明"
    assert 'w:eastAsia="zh-TW"' in document.styles["Normal"].element.xml


def test_name_that_xml_cannot_hold() -> None:
    assert "王明" in word_text(paper_docx(checklist_advanced.PAPER, {**KNOWN, "teacher": "王\x00明"}, ZH))


def test_name_with_a_rare_character() -> None:
    known = {**KNOWN, "teacher": "王𠮷"}
    assert "王〔U+20BB7〕" in squeezed(pdf_text(paper_pdf(checklist_advanced.PAPER, known, ZH)))
    assert "王𠮷" in word_text(paper_docx(checklist_advanced.PAPER, known, ZH))
