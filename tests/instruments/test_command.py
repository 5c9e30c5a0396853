"""`instruments flanders` and `instruments agreement`: SURFACE.md promises their names, keys and exit codes."""

import json

import pytest

from app.instruments.flanders import matrix

PUBLISHED = [5, 3, 6, 7, 9]
FIGURES = [
    *("TT", "PT", "SC", "ID_quotient", "ID_share", "TRR", "TQR", "PIR"),
    *("TRR89", "TQR89", "CCR", "SSR", "PSSR", "VC"),
]


@pytest.fixture
def run(app):
    """Call a command of the group; standard output and standard error apart."""
    return lambda *args: app.test_cli_runner().invoke(args=["instruments", *args])


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "input.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("text", ["5,3,6,7,9", "5 3 6 7 9", "5，3、6，7、9"])
def test_the_published_codes(run, text):
    result = run("flanders", "--codes", text, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert list(answer) == ["n_codes", "n_pairs", "matrix", "row_totals", "column_totals", "figures"]
    assert (answer["n_codes"], answer["n_pairs"]) == (5, 6)
    assert answer["matrix"] == matrix(PUBLISHED)
    assert answer["row_totals"] == answer["column_totals"] == [0, 0, 1, 0, 1, 1, 1, 0, 1, 1]
    assert list(answer["figures"]) == FIGURES
    assert answer["figures"]["TT"] == pytest.approx(400 / 6)
    # 1 indirect and 3 direct: the quotient is times 100, as the norms of the literature are.
    assert answer["figures"]["ID_quotient"] == pytest.approx(100 / 3)
    assert answer["figures"]["ID_share"] == 25
    assert answer["figures"]["TRR89"] is None


def test_without_the_bracket(run):
    answer = json.loads(run("flanders", "--codes", "5,3,6,7,9", "--no-bracket", "--json").stdout)
    assert (answer["n_codes"], answer["n_pairs"]) == (5, 4)
    assert answer["matrix"] == matrix(PUBLISHED, "none")
    assert answer["row_totals"] != answer["column_totals"]


def test_one_code_without_a_bracket_makes_no_pair(run):
    answer = json.loads(run("flanders", "--codes", "5", "--no-bracket", "--json").stdout)
    assert (answer["n_codes"], answer["n_pairs"]) == (1, 0)
    assert set(answer["figures"].values()) == {None}


def test_a_matrix_gives_the_figures_of_its_codes(run, file):
    by_matrix = run("flanders", "--matrix", file(matrix(PUBLISHED)), "--json")
    by_codes = run("flanders", "--codes", "5,3,6,7,9", "--json")
    assert json.loads(by_matrix.stdout) == json.loads(by_codes.stdout)
    open_chain = run("flanders", "--matrix", file(matrix(PUBLISHED, "none")), "--no-bracket", "--json")
    assert json.loads(open_chain.stdout)["n_codes"] == 5


def test_for_people(run):
    lines = run("flanders", "--codes", "5,3,6,7,9").stdout.splitlines()
    assert len(lines) == 11 + 1 + len(FIGURES)
    assert lines[2].split() == ["3", "|", *"0000010000", "|", "1"]
    assert lines[10].split() == ["f", "|", *"0010111011", "|", "6"]
    assert lines[11] == "n 5, N 6"
    assert lines[12].split() == ["TT", "66.67"]
    assert ["TRR89", "—"] in [line.split() for line in lines]


def unbalanced():
    counts = matrix(PUBLISHED)
    counts[3][7] = 4
    return counts


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (unbalanced(), "unbalanced", "category 4: row total 4 and column total 0 differ"),
        ([[1]], "bad_shape", "10 rows of 10"),
        ({"matrix": []}, "bad_shape", "10 rows of 10"),
        ([[-1] * 10] * 10, "bad_cell", "cell (1,1) is -1"),
        ([[1.5] * 10] * 10, "bad_cell", "cell (1,1) is 1.5"),
        ([[True] * 10] * 10, "bad_cell", "cell (1,1) is True"),
        ([[0] * 10] * 10, "empty_matrix", "no pair"),
        ("[[1,", "bad_json", "is not JSON"),
        ("", "bad_json", "is not JSON"),
        ("[" * 100_000, "bad_json", "is not JSON"),
    ],
)
def test_a_matrix_is_refused(run, file, content, code, words):
    path = file(content)
    for options in ([], ["--json"]):
        result = run("flanders", "--matrix", path, *options)
        assert result.exit_code == 2
        assert words in result.stderr
        if options:
            error = json.loads(result.stdout)["error"]
            assert error["code"] == code and words in error["message"]
        else:
            assert result.stdout == ""


def test_the_category_is_named_for_programs_too(run, file):
    error = json.loads(run("flanders", "--matrix", file(unbalanced()), "--json").stdout)["error"]
    assert (error["category"], error["row_total"], error["column_total"]) == (4, 4, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--codes", "5,11"], "bad_code", "code 2 is '11'"),
        (["--codes", "5,x"], "bad_code", "code 2 is 'x'"),
        (["--codes", "0"], "bad_code", "code 1 is '0'"),
        (["--codes", " "], "no_codes", "no code"),
        (["--codes", "5", "--matrix", "x.json"], "usage", "either --codes or --matrix"),
        ([], "usage", "either --codes or --matrix"),
        (["--matrix", "does-not-exist.json"], "no_file", "No such file"),
        (["--matrix", "."], "no_file", "directory"),
    ],
)
def test_wrong_arguments(run, arguments, code, words):
    result = run("flanders", *arguments, "--json")
    assert result.exit_code == 2
    assert words in result.stderr
    assert json.loads(result.stdout)["error"]["code"] == code


def test_help_tells_the_scale(run):
    for command in ("flanders", "agreement"):
        assert run(command, "--help").exit_code == 0
    assert "100 × f(1..4) / f(5,6,7)" in run("flanders", "--help").stdout


# --- agreement -----------------------------------------------------------------------------------

TWO = {"a": [[0, 5], [3, 4], [6, 8], [9, 8]], "b": [[0.5, 5], [3, 5], [6.2, 8], [9, 8]]}


def test_two_observers(run, file):
    result = run("agreement", file(TWO), "--tolerance", "1", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    # Po 3/4, Pe (1×2 + 1×0 + 2×2) / 16; pi from the shares 1 1 2 and 2 0 2 of four.
    assert json.loads(result.stdout) == {
        "percent": 75,
        "kappa": pytest.approx((0.75 - 0.375) / 0.625),
        "pi": pytest.approx((0.75 - 0.40625) / 0.59375),
        "n": 4,
    }


def test_two_observers_for_people(run, file):
    lines = run("agreement", file(TWO), "--tolerance", "1").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["percent", "75.00"],
        ["kappa", "0.60"],
        ["pi", "0.58"],
        ["n", "4"],
    ]


def test_what_is_not_defined_is_null_with_a_reason(run, file):
    same = {"a": [[0, 5], [3, 5]], "b": [[0, 5], [30, 5]]}
    result = run("agreement", file(same), "--tolerance", "1", "--json")
    assert json.loads(result.stdout) == {"percent": 100, "kappa": None, "pi": None, "n": 1}
    assert result.stderr.splitlines() == [
        "kappa: one category",
        "pi: one category",
        "without a partner: 1 of a, 1 of b",
    ]
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("content", "tolerance", "code"),
    [
        ({"a": []}, "1", "bad_series"),
        ({"a": [[0]], "b": []}, "1", "bad_series"),
        ([], "1", "bad_series"),
        ("nonsense", "1", "bad_json"),
        ({"a": [], "b": []}, "-1", "usage"),
        ({"a": [], "b": []}, "nan", "usage"),
        ({"a": [], "b": []}, "inf", "usage"),
    ],
)
def test_a_wrong_document(run, file, content, tolerance, code):
    result = run("agreement", file(content), "--tolerance", tolerance, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == code
    assert result.stderr.startswith("Error: ")


def test_no_database_is_asked(run, file, count_queries):
    with count_queries() as queries:
        run("flanders", "--codes", "5,3", "--json")
        run("agreement", file(TWO), "--tolerance", "1")
    assert queries == []
