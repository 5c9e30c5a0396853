"""A rubric as plain objects and an application with nothing but languages."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel


@dataclass
class Item:
    code: str
    level: str
    parent_code: str | None = None
    title_zh: str | None = "標題"
    title_en: str | None = "Title"
    optional: bool = False
    observable: bool = False
    min_evidence: int = 0
    status: str = "confirmed"


@dataclass
class Rubric:
    version: str = "105"
    revision: int = 1
    items: list[Item] = field(default_factory=list)


@pytest.fixture
def rubric() -> Rubric:
    return Rubric(
        items=[
            Item("A", "dimension"),
            Item("A-1", "indicator", "A", "明訂教學目標"),
            Item(
                "A-2", "indicator", "A", "掌握教材內容", "Master the content", observable=True, min_evidence=2
            ),
            Item("A-2-1", "checkpoint", "A-2", "連結新舊知能"),
            Item("A-2-2", "checkpoint", "A-2", None, None, status="missing"),
            Item("B-1", "indicator", "B", "建立課堂規範", None, observable=True),
            Item("B-4", "indicator", "B", None, None, observable=True, status="missing"),
        ]
    )


@pytest.fixture(autouse=True)
def languages() -> Any:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield app
