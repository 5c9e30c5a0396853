"""`similarity query` as SURFACE promises it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.similarity.corpus import Writer, document


@pytest.fixture
def asked(app: Any, db_session: Any, tmp_path: Path) -> Any:
    """`asked(text, *options)`: the command on a file with the text."""

    def ask(text: str | bytes, *options: str) -> Any:
        db_session.commit()
        path = tmp_path / "text.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return app.test_cli_runner().invoke(args=["similarity", "query", "--text", str(path), *options])

    return ask


def test_most_alike_first_with_passages(asked: Any, db_session: Any) -> None:
    writer = Writer(41)
    campaign, by = factories.campaign(), factories.teacher()
    original = writer.text()
    half, whole = document(campaign, writer.block(original, 0.5), by=by), document(campaign, original, by=by)
    document(campaign, writer.text(), by=by)
    assert half and whole
    query = f"前言。\r\n{original}"
    rows = json.loads(asked(query, "--json").stdout)
    assert [row["document"] for row in rows] == [whole.id, half.id]
    assert rows[0]["containment"] > 95 > 60 > rows[1]["containment"] > 40
    for row, kept in zip(rows, (whole.text, half.text), strict=True):
        start, end, other_start, other_end = max(row["passages"], key=lambda p: p[1] - p[0])
        assert query[start:end] == kept[other_start:other_end] and end - start > 150
    assert json.loads(asked(query, "--json", "--limit", "1").stdout) == rows[:1]
    assert json.loads(asked(query, "--json", "--threshold", "60").stdout) == rows[:1]
    assert "passages: 1" in asked(query).stdout


def test_nothing_alike_is_an_empty_list(asked: Any) -> None:
    assert json.loads(asked(Writer(42).text(), "--json").stdout) == []
    assert json.loads(asked("", "--json").stdout) == []


@pytest.mark.parametrize(("text", "code"), [(b"\xff\xfe\xff", "bad_text"), (None, "no_file")])
def test_a_file_that_cannot_be_read_is_refused(app: Any, asked: Any, text: Any, code: str) -> None:
    if text is None:
        answer = app.test_cli_runner().invoke(
            args=["similarity", "query", "--text", "/nowhere/x.txt", "--json"]
        )
    else:
        answer = asked(text, "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["code"] == code


def test_reindex_says_how_many(app: Any, db_session: Any) -> None:
    document(factories.campaign(), Writer(43).text())
    db_session.commit()
    assert app.test_cli_runner().invoke(args=["similarity", "reindex"]).stdout == "1 documents\n"
