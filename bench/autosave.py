"""One autosave, as the scripts of the page send it, beside a bare insert of the same text.

The rival is a Flask view that knows nobody: no log-in, no form token, no rights, no version, no audit; it inserts one
row with the same text on the same database with the same durability, and commits. Within three times of it is the aim.
"""

import json
from itertools import count
from typing import Any

from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy import insert

from bench.case_list import portal
from bench.case_page import FORM, SLOT, make_case, ok, signed_in
from bench.timing import interleaved

ROUNDS, WARM = 40, 8
AIM = 3.0
# What a form holds when it is half filled: the long fields of the talk before the lesson.
TEXT = "學生能比較異分母分數的大小，並說明理由。教師提問後停留五秒。" * 20
FIELDS = {
    "context": TEXT,
    "focus": TEXT,
    "tools": "105年版教師專業發展規準觀察紀錄表",
    "unit": "異分母分數的比較",
}


def run() -> list[dict[str, Any]]:
    """Rows {name, ours_ms, rival, rival_ms, ratio, aim, met}; the ratio is ours to theirs."""
    with portal() as app:
        case_id = make_case(app)
        client, token = signed_in(app)
        rival = bare(app).test_client()
        return [
            row("autosave of an official form", Form(client, token, case_id), rival),
            row("autosave of any other text", Text(client, token), rival),
        ]


def row(name: str, ours: Any, rival: FlaskClient) -> dict[str, Any]:
    turns = count()

    def theirs() -> None:
        ok(rival.post("/insert", data={**FIELDS, "unit": f"{next(turns)}"}))

    mine, other = interleaved(ours, theirs, rounds=ROUNDS, warm=WARM)
    return {
        "name": name,
        "ours_ms": round(mine, 1),
        "rival": "bare insert, same text, same durability",
        "rival_ms": round(other, 1),
        "ratio": round(mine / other, 2),
        "aim": f"<= {AIM:g}",
        "met": mine / other <= AIM,
    }


class Form:
    """What draft.js sends: the whole form, and the version that the last answer named."""

    def __init__(self, client: FlaskClient, token: str, case_id: int) -> None:
        self.client, self.token = client, token
        self.address = f"/cases/{case_id}/{SLOT}/draft?form={FORM}"
        self.version, self.turns = 0, count(1)

    def __call__(self) -> None:
        data = {
            **FIELDS,
            "unit": f"{next(self.turns)}",
            "csrf_token": self.token,
            "version": str(self.version),
        }
        answer = ok(self.client.post(self.address, data=data, headers={"X-Requested-With": "draft"}))
        assert answer.json["version"] == self.version + 1, "nothing was written"
        self.version += 1


class Text:
    """What keep.js sends: the fields as they stand, of any form."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token
        self.user = client.get("/drafts/bench").json["user"]
        self.version, self.turns = 0, count(1)

    def __call__(self) -> None:
        pairs = [*map(list, FIELDS.items()), ["turn", f"{next(self.turns)}"]]
        data = {
            "pairs": json.dumps(pairs),
            "user": self.user,
            "version": self.version,
            "csrf_token": self.token,
        }
        answer = ok(self.client.post("/drafts/bench", data=data, headers={"X-Requested-With": "draft"}))
        assert answer.json["version"] > self.version, "nothing was written"
        self.version = answer.json["version"]


def bare(app: Flask) -> Flask:
    """One address that inserts what it is sent."""
    from app.core import clock
    from app.core import db as database
    from app.core.scratch import Scratch

    plain = Flask("bench_insert")
    plain.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    plain.config["MIGRATIONS_DIR"] = app.config["MIGRATIONS_DIR"]
    database.init_app(plain)
    db, serial = database.db, count(1)

    @plain.post("/insert")
    def save() -> Any:
        number = next(serial)
        pairs = [list(pair) for pair in request.form.items()]
        values = {
            "user_id": 1,
            "key": f"bare-{number}",
            "version": 1,
            "pairs": pairs,
            "updated_at": clock.now(),
        }
        db.session.execute(insert(Scratch).values(values))
        db.session.commit()
        return jsonify(version=number)

    return plain
