"""`assign solve`: SURFACE.md promises its name, keys and exit codes."""

import json

import pytest

GIVEN = {
    "per_case": 2,
    "max_load": None,
    "cases": [{"id": "甲"}, {"id": 2, "subject": "數學"}],
    "reviewers": [{"id": "r1", "capacity": 2}, {"id": "r2", "capacity": None}, {"id": "r3"}],
    "conflicts": [["甲", "r3"]],
    "scores": [["甲", "r1", 3], [2, "r2", 2.5], [2, "r3", 1]],
}


@pytest.fixture
def run(app, tmp_path):
    """Call the command on a document, or on a text that may be none."""

    def call(content, *options):
        path = tmp_path / "instance.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return app.test_cli_runner().invoke(args=["assign", "solve", str(path), *options])

    return call


def test_one_document(run):
    result = run(GIVEN, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "pairs": [["甲", "r1"], ["甲", "r2"], [2, "r2"], [2, "r3"]],
        "total": 6.5,
        "max_load": 2,
        "optimal": True,
    }


def test_for_people(run):
    result = run(GIVEN)
    assert result.exit_code == 0
    assert "甲: r1, r2\n2: r2, r3\n" in result.stdout
    assert "total 6.5, at most 2 cases of one reviewer, proved optimal" in result.stdout


def test_no_assignment_is_exit_code_3(run):
    result = run(GIVEN | {"max_load": 1}, "--json")
    assert (result.exit_code, result.stderr) == (3, "")
    found = json.loads(result.stdout)["infeasible"]
    assert list(found) == ["cases", "reason"]
    assert found["cases"] == ["甲", 2]
    assert "max_load 2" in found["reason"]
    spoken = run(GIVEN | {"max_load": 1})
    assert spoken.exit_code == 3
    assert "No assignment" in spoken.stdout and "甲, 2" in spoken.stdout


BAD = [
    ("", []),
    ("", "text"),
    ("per_case", GIVEN | {"per_case": 0}),
    ("per_case", GIVEN | {"per_case": True}),
    ("max_load", GIVEN | {"max_load": -1}),
    ("max_load", GIVEN | {"max_load": "2"}),
    ("cases", {key: value for key, value in GIVEN.items() if key != "cases"}),
    ("cases[1].id", GIVEN | {"cases": [{"id": "甲"}, {"id": "甲"}]}),
    ("cases[0].id", GIVEN | {"cases": ["甲"]}),
    ("reviewers[1].capacity", GIVEN | {"reviewers": [{"id": "r1"}, {"id": "r2", "capacity": 1.5}]}),
    ("conflicts", {key: value for key, value in GIVEN.items() if key != "conflicts"}),
    ("conflicts[0]", GIVEN | {"conflicts": [["甲", "nobody"]]}),
    ("conflicts[1]", GIVEN | {"conflicts": [["甲", "r3"], ["甲"]]}),
    ("scores[0]", GIVEN | {"scores": [["nothing", "r1", 1]]}),
    ("scores[0]", GIVEN | {"scores": [[["甲"], "r1", 1]]}),
    ("scores[1]", GIVEN | {"scores": [["甲", "r1", 1], ["甲", "r2", "1"]]}),
    ("scores[0]", GIVEN | {"scores": [["甲", "r1", True]]}),
    ("scores[0]", GIVEN | {"scores": [["甲", "r1", float("nan")]]}),
    ("scores[0]", GIVEN | {"scores": [["甲", "r1", float("inf")]]}),
    ("scores[0]", GIVEN | {"scores": [["甲", "r1", 10**30]]}),
    ("scores[0]", GIVEN | {"scores": [["甲", "r1", 1], ["甲", "r1", 2]]}),
    ("scores", GIVEN | {"scores": [["甲", "r1", 10**18]]}),
    ("locked[0]", GIVEN | {"locked": [["甲", "r3"]]}),
    ("locked", GIVEN | {"per_case": 1, "locked": [["甲", "r1"], ["甲", "r2"]]}),
]


@pytest.mark.parametrize(("place", "given"), BAD, ids=[f"{n} {place}" for n, (place, _) in enumerate(BAD)])
def test_what_cannot_be_read_is_refused_at_its_place(run, place, given):
    result = run(json.dumps(given), "--json")
    assert result.exit_code == 2, result.output
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["place"]) == ("malformed", place)
    assert result.stderr.startswith(f"Error: {place}")


def test_what_is_no_json_is_refused(run, app):
    assert run("{", "--json").exit_code == 2
    assert app.test_cli_runner().invoke(args=["assign", "solve", "no-such-file"]).exit_code == 2
