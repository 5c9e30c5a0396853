"""A filled observation record of two pages as a PDF, beside WeasyPrint setting the same words in the same fonts.

The rival gets the words, tables and fonts of ours as HTML with the style sheet a person would write for it; both
answer a tagged PDF. Each round prints another text, so that nobody prints from memory. Ten times is the aim.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from itertools import count
from typing import Any

import pylopdf_fonts_zh_tw
import pypdfium2
from flask import Flask
from flask_babel import Babel
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from app.core import pdf
from app.core.i18n import ZH
from bench.timing import interleaved

ROUNDS, WARM = 11, 3
AIM = 10.0
PAGES = 2
FACT = (
    "教師提問後停留約五秒才點名，共提問十四次，其中六次追問「你怎麼知道」；第二組的兩位學生以分數板互相說明，"
    "教師請他們上臺示範，其餘學生在學習單上記下理由。"
)
STYLE = f"""
@font-face {{ font-family: Serif; src: url("{pylopdf_fonts_zh_tw.serif_path().as_uri()}"); }}
@font-face {{ font-family: Sans; src: url("{pylopdf_fonts_zh_tw.sans_path().as_uri()}"); }}
@page {{ size: A4; margin: 18mm 20mm 20mm; @bottom-right {{ content: counter(page) " / " counter(pages); }} }}
body {{ font: 11pt/1.6 Serif; }}
h1 {{ font: 18pt Sans; text-align: center; }}
h2 {{ font: 12pt Sans; background: #eef3f6; border: 0.6pt solid; margin: -0.6pt 0; padding: 2.6mm; }}
table {{ width: 100%; border-collapse: collapse; }}
th, td {{ border: 0.6pt solid; padding: 2mm; text-align: left; white-space: pre-line; }}
td {{ font-size: 10pt; }}
th {{ font: 10pt Sans; background: #eef3f6; }}
"""


def run() -> list[dict[str, Any]]:
    """Rows {name, ours_ms, rival, rival_ms, ratio, aim, met}."""
    # The two hand-made OpenType files lack a table that fontTools would like to see; it says so at every subset.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    turn = count(1)
    fonts = FontConfiguration()

    def rival() -> bytes:
        made = HTML(string=page(data(next(turn)))).write_pdf(font_config=fonts, pdf_tags=True)
        assert isinstance(made, bytes)
        return made

    with chinese():
        for side in (lambda: pdf.render("document", data(next(turn))), rival):
            assert len(pypdfium2.PdfDocument(side())) == PAGES
        mine, other = interleaved(
            lambda: pdf.render("document", data(next(turn))), rival, rounds=ROUNDS, warm=WARM
        )
    ratio = other / mine
    return [
        {
            "name": "filled form of two pages as PDF",
            "ours_ms": round(mine, 1),
            "rival": "WeasyPrint, same words and fonts",
            "rival_ms": round(other, 1),
            "ratio": round(ratio, 1),
            "aim": f">= {AIM:g}",
            "met": ratio >= AIM,
        }
    ]


@contextmanager
def chinese() -> Iterator[None]:
    """Just enough of an application for the words of a form."""
    app = Flask("bench")
    Babel(app, default_locale=ZH)
    with app.test_request_context():
        yield


def data(turn: int) -> dict[str, Any]:
    """A filled 105 record as `templates/pdf/document.typ` takes it."""
    indicators = [
        "A-2 掌握教材內容，實施教學活動，促進學生學習",
        "A-3 運用適切教學策略與溝通技巧，幫助學生學習",
        "A-4 運用多元評量方式評估學生能力，提供學習回饋並調整教學",
        "B-1 建立課堂規範，並適切回應學生的行為表現",
        "B-2 安排學習情境，促進師生互動",
    ]
    # Each line is another one each time: Typst would set a line that it has seen before from memory.
    rows = [
        [name, "\n".join(f"{turn}-{at}-{line} {FACT}" for line in range(3)), "滿意"]
        for at, name in enumerate(indicators)
    ]
    header = [
        ["授課教師", "何佳蓉"],
        ["任教年級", "五年級"],
        ["任教領域/科目", "數學"],
        ["觀課人員", "陳雅雯"],
        ["教學單元", f"異分母分數的比較 {turn}"],
        ["日期", "民國115年10月5日"],
    ]
    table = {"columns": ["指標與檢核重點", "事實摘要敘述", "評量"], "rows": rows}
    return {
        "title": "105年版教師專業發展規準觀察紀錄表",
        "lang": "zh",
        "header": header,
        "sections": [
            {"title": "教學目標", "blocks": [{"label": "", "value": f"{turn} {FACT}"}]},
            {"title": "觀察紀錄", "blocks": [{"label": "", "table": table}]},
        ],
        "footer": f"進階認證 {turn}",
    }


def page(sheet: dict[str, Any]) -> str:
    """The same sheet as HTML."""
    head = "".join(f"<th>{escape(name)}</th><td>{escape(value)}</td>" for name, value in sheet["header"])
    parts = [f'<html lang="zh-TW"><title>{escape(sheet["title"])}</title><style>{STYLE}</style>']
    parts += [f"<h1>{escape(sheet['title'])}</h1><table>"]
    cells = head.split("<th>")[1:]
    parts += [f"<tr><th>{cells[n]}<th>{cells[n + 1]}</tr>" for n in range(0, len(cells), 2)]
    parts += ["</table>"]
    for section in sheet["sections"]:
        parts += [f"<h2>{escape(section['title'])}</h2>"]
        for block in section["blocks"]:
            if "table" not in block:
                parts += [f"<p>{escape(block['value'])}</p>"]
                continue
            names = "".join(f"<th>{escape(name)}</th>" for name in block["table"]["columns"])
            rows = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block["table"]["rows"]]
            body = "".join(f"<tr>{row}</tr>" for row in rows)
            parts += [f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"]
    return "".join(parts)
