"""Files out and back: every instrument, every kind, nothing that a spreadsheet would run, no names of pupils."""

import csv
import io
import json
from itertools import pairwise
from xml.etree import ElementTree

import openpyxl
import pytest
from pympi.Elan import Eaf

from app.core.errors import Invalid
from app.instruments.record import INSTRUMENTS, digest
from app.observations import exports, imports, queries, research, service
from tests import factories
from tests.observations.batches import drop, head, new_uid, plan_data, put

EVENTS = {
    "flanders": [{"t": 0, "code": 5}, {"t": 3000, "code": 4}, {"t": 6400, "code": 8}, {"t": 60_000, "code": 10}],
    "verbal-flow": [
        {"t": 0, "from": "teacher", "to": "s2", "kind": "question"},
        {"t": 5000, "from": "s2", "to": "class", "kind": "question"},
    ],
    "at-task": [
        {"t": 0, "sweep": 1, "seat": "s1", "code": "A"},
        {"t": 3000, "sweep": 1, "seat": "s2", "code": "A"},
    ],
    "teacher-movement": [
        {"t": 0, "x": 1.0, "y": -0.5, "seat": None, "contact": False, "reason": ""},
        {"t": 9000, "x": 2, "y": 1, "seat": "s6", "contact": True, "reason": "help", "part": 2},
    ],
    "verbatim": [
        {"t": 0, "speaker": "teacher", "text": '=cmd|"/c calc"!A1', "kind": "", "level": "open", "wait_ms": 1500},
        {"t": None, "speaker": "pupil", "text": "<因為>\x0b\n三角形 & 角", "kind": "答", "level": "", "wait_ms": None},
    ],
    "anecdotal": [
        {"t": 1000, "t_end": 9000, "teacher": "發下學習單", "pupil": "三人舉手", "note": ""},
        {"t": 5000, "t_end": None, "teacher": "", "pupil": "", "note": "+1"},
    ],
}  # fmt: skip


@pytest.fixture
def teacher(db_session):
    return factories.teacher()


@pytest.fixture
def made(teacher):
    """`made(instrument)`: a recording of it, with a seating plan."""

    def make(instrument="flanders"):
        ops = [put(n, {**event, "code": event.get("code")}) for n, event in enumerate(EVENTS[instrument], 1)]
        for op in ops:
            if op["event"]["code"] is None:
                del op["event"]["code"]
        uid = new_uid()
        sent = head(instrument, plan=plan_data(), length_ms=90_000, title="=五年級 數學")
        return service.push_ops(teacher, uid, head=sent, ops=ops)[0]

    return make


def lines(record):
    text = exports.to_csv(record).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_csv_has_one_line_for_each_event(made, instrument):
    record = queries.record_of(made(instrument))
    data = exports.to_csv(record)
    assert data.startswith(b"\xef\xbb\xbf")
    heads, *rows = lines(record)
    assert heads[:4] == ["n", "part", "time", "seconds"] and heads[-1] == "id"
    assert [row[-1] for row in rows] == [event["id"] for event in record["events"]]
    assert set(heads) <= set(exports.HEADS)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_csv_says_what_happened(made):
    third = lines(queries.record_of(made("flanders")))[3]
    assert third[:5] == ["3", "1", "0:00:06", "6.4", "8"] and third[5]
    flow = lines(queries.record_of(made("verbal-flow")))
    assert flow[1][4:7] == ["教師", "02", "question"] and flow[2][4:6] == ["02", "全班"]
    task = lines(queries.record_of(made("at-task")))
    assert task[1][4:10] == ["1", "01", "A", "專注", "1", "1"]
    movement = lines(queries.record_of(made("teacher-movement")))
    assert movement[1][-2] == "9.0" and movement[2][1] == "2" and movement[2][-2] == "81.0"
    verbatim = lines(queries.record_of(made("verbatim")))
    assert verbatim[1][5].startswith("'=cmd") and verbatim[1][8] == "1.5"
    assert verbatim[2][2:4] == ["", ""]
    assert lines(queries.record_of(made("anecdotal")))[2][7] == "'+1"


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_xlsx_has_entries_figures_and_plan_and_no_formula(made, instrument):
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(queries.record_of(made(instrument)))))
    assert len(book.sheetnames) == 3
    entries, figures, plan = book.worksheets
    assert entries.max_row == len(EVENTS[instrument]) + 1
    assert plan.max_row == 7 and figures.max_row >= 1
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_xlsx_figures_are_numbers_with_their_formula(made):
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(queries.record_of(made()))))
    figures = {row[1]: row for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert figures["TT"][2] == pytest.approx(40) and figures["TT"][3] == "%" and figures["TT"][4]
    assert figures["TRR"][2] is None and figures["TRR"][6]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_our_own_json_comes_back_with_its_log(made, instrument):
    other = factories.teacher()
    row = made(instrument)
    service.push_ops(row.owner, row.uid, head=None, ops=[drop(9, queries.record_of(row)["events"][0]["id"])])
    record = queries.record_of(row)
    copy = imports.from_json(other, data=exports.to_json(record, queries.ops(row)))
    again = queries.record_of(copy)
    assert copy.owner_id == other.id and copy.uid != row.uid
    assert {**again, "uid": ""} == {**record, "uid": ""}
    assert digest(again) == digest(record) and queries.ops(copy) == queries.ops(row)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole["record"]["events"][0].update(code=2),
        lambda whole: whole["record"]["rule"].update(beat_s=5),
        lambda whole: whole["ops"].pop(),
        lambda whole: whole["ops"][0].update(at=1),
        lambda whole: whole.pop("digest"),
        lambda whole: whole["record"].update(events=None),
    ],
)
def test_a_changed_file_is_said_to_be_changed(made, teacher, change):
    row = made()
    whole = json.loads(exports.to_json(queries.record_of(row), queries.ops(row)))
    change(whole)
    with pytest.raises(Invalid) as refused:
        imports.from_json(teacher, data=json.dumps(whole).encode())
    assert refused.value.code == "changed"
    assert len(queries.recordings(teacher)) == 1


def test_a_log_that_does_not_make_the_record_is_refused(made, teacher):
    row = made()
    whole = json.loads(exports.to_json(queries.record_of(row), queries.ops(row)))
    whole["ops"].pop()
    whole["log_digest"] = exports.log_digest(whole["ops"])
    with pytest.raises(Invalid) as refused:
        imports.from_json(teacher, data=json.dumps(whole).encode())
    assert refused.value.code == "log"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "x"}', b"[" * 100_000])
def test_what_is_not_ours_is_refused(teacher, data):
    with pytest.raises(Invalid) as refused:
        imports.from_json(teacher, data=data)
    assert refused.value.code == "not_ours"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("5 3 6 7 9", [5, 3, 6, 7, 9]),
        ("5,5,4,8\n10", [5, 5, 4, 8, 10]),
        ("５、５，４；８　１０", [5, 5, 4, 8, 10]),
        ("05 04\t08", [5, 4, 8]),
    ],
)
def test_a_plain_list_of_codes(teacher, text, codes):
    row = imports.from_codes(teacher, text=text, title="紙本")
    events = queries.record_of(row)["events"]
    assert [event["code"] for event in events] == codes and row.event_count == len(codes)
    assert {event["t"] for event in events} == {None}


@pytest.mark.parametrize(
    ("text", "named"),
    [("5 11 4 x", ("2: 11", "4: x")), ("0", ("1: 0",)), ("5 5.5", ("2: 5.5",)), ("12 " * 20, ("8: 12", "…"))],
)
def test_wrong_codes_are_named_with_their_position(teacher, text, named):
    with pytest.raises(Invalid) as refused:
        imports.from_codes(teacher, text=text, title="紙本")
    assert all(part in str(refused.value.message) for part in named)
    assert queries.recordings(teacher) == []


def test_an_empty_list_is_no_recording(teacher):
    for text in ("", " ,、\n"):
        with pytest.raises(Invalid) as refused:
            imports.from_codes(teacher, text=text, title="")
        assert refused.value.code == "no_codes"


def test_uploaded_lists_may_be_big5():
    assert imports.decoded("5、4".encode("cp950")) == imports.decoded("5、4".encode("utf-8-sig")) == "5、4"


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_boris_project_is_whole(made, instrument):
    project = json.loads(research.to_boris(queries.record_of(made(instrument))))
    assert project["project_format_version"] == "7.0"
    behaviours = {row["code"]: row for row in project["behaviors_conf"].values()}
    subjects = {row["name"] for row in project["subjects_conf"].values()}
    (observation,) = project["observations"].values()
    assert observation["type"] == "LIVE" and len(observation["events"]) >= len(EVENTS[instrument])
    for time, subject, code, modifier, comment in observation["events"]:
        assert isinstance(time, float) and isinstance(comment, str)
        assert subject == "" or subject in subjects
        sets = behaviours[code]["modifiers"]
        chosen = modifier.split("|") if modifier else []
        assert len(chosen) == len(sets)
        for number, value in enumerate(chosen):
            assert value == "None" or value in sets[str(number)]["values"]
    times = [event[0] for event in observation["events"]]
    assert times == sorted(times)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_elan_file_is_whole(made, instrument, tmp_path):
    data = research.to_eaf(queries.record_of(made(instrument)))
    ElementTree.fromstring(data)
    path = tmp_path / "lesson.eaf"
    path.write_bytes(data)
    document = Eaf(str(path))
    said = 0
    for tier in document.get_tier_names():
        spans = sorted(document.get_annotation_data_for_tier(tier))
        said += len(spans)
        assert all(start < end for start, end, _value in spans)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert said >= len(EVENTS[instrument])


def test_elan_keeps_gaps_open_and_sides_apart(made, tmp_path):
    path = tmp_path / "lesson.eaf"
    path.write_bytes(research.to_eaf(queries.record_of(made())))
    document = Eaf(str(path))
    assert set(document.get_tier_names()) == {"teacher", "pupil", "flanders"}
    assert document.get_annotation_data_for_tier("teacher") == [(0, 3000, "5"), (3000, 6000, "4")]
    assert document.get_annotation_data_for_tier("pupil") == [(6400, 9400, "8")]


def test_codes_without_times_say_so(teacher):
    row = imports.from_codes(teacher, text="5 4 8", title="")
    project = json.loads(research.to_boris(queries.record_of(row)))
    (observation,) = project["observations"].values()
    assert [event[0] for event in observation["events"]] == [0.0, 3.0, 6.0]
    assert all("no time recorded" in event[4] for event in observation["events"])
