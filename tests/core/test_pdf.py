"""PDFs: tagged and archivable, every character shown or said, data never markup."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from app.core import pdf

GOLDEN = Path(__file__).parents[1] / "golden"
CERTIFICATE = {
    "title": "進階專業回饋人才認證證書",
    "number": "桃園證號第B109002001號",
    "county": "桃園市",
    "school": "市立東門國小",
    "name": "王小明",
    "track": "進階專業回饋人才認證",
    "school_year": "109",
    "date": "中華民國110年1月22日",
    "code": "7KQ2-M9XD-4TRA",
    "verify_at": "https://portal.example/verify/7KQ2M9XD4TRA",
}


def text_of(data: bytes) -> str:
    """What a reader reads, page by page; line ends are the layout's, so they go."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]
    return "\n\f\n".join("\n".join(page.split()) for page in pages) + "\n"


def document(**sections: object) -> bytes:
    return pdf.render("document", {"title": "題", **sections})


def value(text: object) -> str:
    return text_of(document(sections=[{"title": "", "blocks": [{"label": "欄", "value": text}]}]))


@pytest.mark.parametrize("name", ["document", "certificate"])
def test_golden(name: str) -> None:
    data = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert text_of(pdf.render(name, data)) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_tagged_titled_and_archivable() -> None:
    with pikepdf.open(BytesIO(pdf.render("certificate", CERTIFICATE))) as made:
        assert str(made.Root.Lang) == "zh-TW"
        assert made.Root.MarkInfo.Marked
        assert made.Root.ViewerPreferences.DisplayDocTitle
        assert str(made.docinfo.Title) == CERTIFICATE["title"]
        with made.open_metadata() as facts:
            assert facts["pdfaid:part"] == "2"
            assert facts["pdfaid:conformance"] == "A"
            assert facts["pdfuaid:part"] == "1"
        assert len(made.pages) == 1


def test_language_of_the_text() -> None:
    with pikepdf.open(BytesIO(pdf.render("document", {"title": "Form", "lang": "en"}))) as made:
        assert str(made.Root.Lang).startswith("en")


def test_certificate_says_what_it_must() -> None:
    text = text_of(pdf.render("certificate", CERTIFICATE)).replace("\n", "")
    for wanted in CERTIFICATE.values():
        assert wanted.replace(" ", "") in text


def test_a_long_name_stays_on_one_page() -> None:
    name = "谷縱·喀勒芳安・伊斯瑪哈單・布農"
    data = pdf.render("certificate", {**CERTIFICATE, "name": name, "school": "縣立" + "長" * 30 + "國民小學"})
    assert len(pypdfium2.PdfDocument(data)) == 1


def test_missing_characters_are_said() -> None:
    assert pdf.missing_glyphs("王𠮷明𠮷👍") == ["𠮷", "👍"]
    assert pdf.missing_glyphs("堃喆媁犇峯綉裡 Abc é ʉ □■") == []
    assert pdf.missing_glyphs("") == []
    assert pdf.missing_glyphs("\ue000") == ["\ue000"]


def test_missing_characters_are_printed_as_their_codes() -> None:
    assert "〔U+20BB7〕田" in value("𠮷田")
    assert "好〔U+1F44D〕" in value("好👍\ufe0f")


def test_every_common_character_of_taiwan_has_a_shape() -> None:
    """All 13,051 of Big5; one more that has no shape is found among them."""
    pairs = (bytes([high, low]) for high in range(0xA4, 0xFA) for low in range(0x40, 0xFF))
    common = "".join(pair.decode("big5", "ignore") for pair in pairs if pair[1] not in range(0x7F, 0xA1))
    assert len(set(common)) > 13_000
    assert pdf.missing_glyphs(common + "𠮷") == ["𠮷"]


@pytest.mark.parametrize(
    "nasty", ['#panic("x")', "*b* _i_ $x$ `c`", "\\", '"', "<script>", "[[]]", "{{7*7}}"]
)
def test_data_is_never_markup(nasty: str) -> None:
    assert nasty.replace(" ", "\n") in value(nasty)


@pytest.mark.parametrize("odd", ["a\x00b", "a\u200bb", "a\u202eb", "a\ufeffb"])
def test_invisible_characters_go(odd: str) -> None:
    assert "ab" in value(odd)


def test_lone_surrogate_is_shown() -> None:
    assert "〔U+D800〕" in value("\ud800")


def test_empty_values_and_numbers() -> None:
    assert "—" in value(None)
    assert "—" in value("")
    assert "0" in value(0)
    assert document()


def test_long_form_runs_over_pages_with_its_table_head() -> None:
    rows = [[f"{n}", "字" * 120] for n in range(40)]
    data = document(
        sections=[
            {"title": "一", "blocks": [{"label": "", "table": {"columns": ["次", "事實"], "rows": rows}}]}
        ]
    )
    pages = text_of(data).split("\f")
    assert len(pages) > 2
    assert all("事實" in page for page in pages)
    assert f"1\n/\n{len(pages)}" in pages[0]


def test_a_long_address_does_not_run_off_the_sheet() -> None:
    address = "https://example.org/" + "a1" * 120
    data = document(header=[["網址", address], ["甲", "乙"]])
    assert address in text_of(data).replace("\n", "").replace("\u200b", "").replace("\ufffe", "")
    page = pypdfium2.PdfDocument(data)[0]
    right = max(thing.get_bounds()[2] for thing in page.get_objects() if thing.type == 1)
    assert right < page.get_width() - 50


def test_words_that_do_not_exist_are_a_fault() -> None:
    with pytest.raises(Exception, match="title"):
        pdf.render("document", {"sections": []})


def test_many_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        names = [f"王{n}" for n in range(24)]
        made = pool.map(lambda name: pdf.render("certificate", {**CERTIFICATE, "name": name}), names)
        texts = [text_of(data).replace("\n", "") for data in made]
    assert [name in text for name, text in zip(names, texts, strict=True)] == [True] * 24
