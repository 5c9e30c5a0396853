"""The kept pages of live capture: nothing of anybody in them, and a worker that a new release renews."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.instruments.record import INSTRUMENTS
from app.portal import live


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_the_page_is_the_same_for_everybody_but_the_number_of_the_account(
    visit: Any, county: Any, instrument: str
) -> None:
    pages = {}
    for name in ("teacher", "other", "reviewer"):
        answer = visit(name).get(f"/toolbox/live/{instrument}/")
        assert answer.status_code == 200
        user = f'data-user="{county.users[name]}"'
        assert answer.text.count(user) == 1
        pages[name] = answer.text.replace(user, "")
        assert "陳雅雯" not in answer.text and "csrf_token" not in answer.text
    assert len(set(pages.values())) == 1
    # Every word and every setting of the scripts is in the page, so the scripts need nothing else.
    for block in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', pages["teacher"], re.S):
        json.loads(block)


def test_only_who_may_keep_recordings_gets_in(client: Any, visit: Any) -> None:
    assert client.get("/toolbox/live/flanders/").status_code == 302
    assert visit("county").get("/toolbox/live/flanders/").status_code == 403
    assert visit("teacher").get("/toolbox/live/unknown/").status_code == 404


def test_the_kept_files_are_all_there(client: Any, visit: Any) -> None:
    """What the worker fetches when it is installed: one missing file and it would not install at all."""
    worker = client.get("/toolbox/sw.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-store"
    given = {
        name: json.loads(value) for name, value in re.findall(r"^const ([A-Z]+) = (.*);$", worker.text, re.M)
        if value.startswith(("[", '"'))
    }  # fmt: skip
    assert {"VERSION", "OWN", "LOOK", "SHELLS"} <= given.keys()
    for path in (*given["OWN"], *given["LOOK"]):
        assert client.get(path, buffered=True).status_code == 200, path
    teacher = visit("teacher")
    page = ""
    for path in given["SHELLS"]:
        answer = teacher.get(path)
        assert answer.status_code == 200, path
        page += answer.text
    # Each script and style sheet that a kept page links is among the kept files.
    linked = set(re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"', page))
    assert linked and linked <= {*given["OWN"], *given["LOOK"]}
    imports = {
        name
        for path in given["OWN"]
        for name in re.findall(r'(?:from |import\(?)"\./([\w.]+)"', client.get(path, buffered=True).text)
    }
    assert imports <= {path.rsplit("/", 1)[1] for path in given["OWN"]}


def test_a_new_release_has_other_addresses(app: Any, client: Any, tmp_path: Path) -> None:
    with app.test_request_context():
        release = live.version()
    own = client.get(f"/toolbox/files/{release}/js/live/store.js", buffered=True)
    assert "immutable" in own.headers["Cache-Control"] and "private" in own.headers["Cache-Control"]
    old = client.get("/toolbox/files/0123456789abcdef/js/live/store.js", buffered=True)
    assert old.status_code == 200 and "immutable" not in old.headers["Cache-Control"]
    assert client.get(f"/toolbox/files/{release}/js/live/missing.js").status_code == 404
    file = tmp_path / "a.js"
    found = []
    for text in ("one", "two"):
        file.write_text(text)
        found.append(live._fingerprint(tmp_path, ((file, len(found)),)))
    assert len(set(found)) == 2
