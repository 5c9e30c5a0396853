"""Lookup rows, rubrics and message templates for a new installation; `campaigns` holds the tracks' defaults.

Only missing rows are added: a row that is there may have been changed by a steward, and stays as it is.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app.core.db import db, transaction
from app.reference import models, service
from app.reference.models import (
    County,
    InstrumentCode,
    InstrumentCodeSet,
    MessageTemplate,
    Rubric,
    School,
    SchoolLevel,
    SchoolYear,
    Tutorial,
)
from seed.reference.campaigns import advanced_defaults, defaults

__all__ = ["advanced_defaults", "defaults", "load"]

HERE = Path(__file__).resolve().parent
DEMONSTRATION = "demonstration row"
FIRST_YEAR, LAST_YEAR = 106, 118
ROC = 1911
# What an observer can see in class, of each version (FORMS.md 5.1 and 5.2); the rest needs documents.
OBSERVABLE = {"105": ("A-2", "A-3", "A-4", "B-1", "B-2"), "101": ("A-4", "A-5", "A-6", "A-7", "B-1", "B-2")}
# 選用
OPTIONAL = {"105": ("A-4-4",), "101": ()}


def load() -> str:
    """Add every row that is missing, in one transaction; returns what was added in a line of words."""
    added: dict[str, int] = {}
    with transaction():
        for model, key, values in _rows():
            if _missing(model, key):
                service.upsert(None, model, key, **values)
                added[model.__name__] = added.get(model.__name__, 0) + 1
        for version in ("101", "105"):
            if not _known(Rubric.version, version):
                service.publish_rubric(None, _rubric(version))
                added["Rubric"] = added.get("Rubric", 0) + 1
    return "reference rows added: " + (", ".join(f"{name} {n}" for name, n in added.items()) or "none")


def _missing(model: Any, key: str) -> bool:
    return not _known(MessageTemplate.event if model is MessageTemplate else model.code, key)


def _known(column: Any, value: str) -> bool:
    return db.session.scalar(select(column).where(column == value).limit(1)) is not None


def _rows() -> Any:
    """(model, code, columns) of every row, those that others refer to first."""
    for sort, row in enumerate(_read("counties.yaml"), 1):
        yield County, row.pop("code"), {"sort": sort, **row}
    for name, rows in _read("lists.yaml").items():
        for sort, (code, zh, en, *more) in enumerate(rows, 1):
            extra = more[0] if more else {}
            yield getattr(models, name), code, {"label_zh": zh, "label_en": en, "sort": sort, **extra}
    yield from _schools()
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        yield SchoolYear, str(year), _school_year(year)
    for sort, row in enumerate(_read("tutorials.yaml"), 1):
        yield Tutorial, row.pop("code"), {"sort": sort, **row}
    yield from _instrument_codes()
    for row in _read("messages.yaml"):
        yield MessageTemplate, row.pop("event"), row


def _schools() -> Any:
    counties = {row.code: row.id for row in db.session.scalars(select(County))}
    levels = {row.code: row.id for row in db.session.scalars(select(SchoolLevel))}
    with (HERE / "schools.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (
                School,
                row["code"],
                {
                    "county_id": counties[row["county"]],
                    "level_id": levels[row["level"]],
                    "label_zh": row["label_zh"],
                    "label_en": row["label_en"],
                    "confirmed": False,
                    "note": DEMONSTRATION,
                },
            )


def _instrument_codes() -> Any:
    """The sets first; each code belongs to the row of its set, so it is looked up when its turn comes."""
    for sort, chosen in enumerate(_read("instrument-codes.yaml"), 1):
        codes = chosen.pop("codes")
        yield (
            InstrumentCodeSet,
            chosen["code"],
            {"sort": sort, **{k: v for k, v in chosen.items() if k != "code"}},
        )
        set_id = db.session.scalars(
            select(InstrumentCodeSet.id).where(InstrumentCodeSet.code == chosen["code"])
        ).one()
        for number, (key, zh, en, *more) in enumerate(codes, 1):
            values = {
                "label_zh": zh,
                "label_en": en,
                "sort": sort * 100 + number,
                **(more[0] if more else {}),
            }
            yield (
                InstrumentCode,
                f"{chosen['code']}.{key}",
                {"set_id": set_id, "key": key, "confirmed": chosen.get("confirmed", True), **values},
            )


def _school_year(year: int) -> dict[str, Any]:
    """8/1 of the year to 7/31 of the next (各級學校學生學年學期假期辦法 art. 2)."""
    return {
        "year": year,
        "label_zh": f"{year}學年度",
        "label_en": f"School year {year} ({year + ROC}/{(year + ROC + 1) % 100:02d})",
        "starts_on": date(year + ROC, 8, 1),
        "ends_on": date(year + ROC + 1, 7, 31),
        "sort": year,
    }


def _rubric(version: str) -> Rubric:
    seen, optional = OBSERVABLE[version], OPTIONAL[version]
    items = [
        {
            "code": item["code"],
            "level": item["level"],
            "parent_code": item["parent"],
            "title_zh": item["title_zh"],
            "title_en": item["title_en"],
            "status": item["status"],
            "source": item["source"],
            "note": item.get("note", ""),
            "observable": item["code"] in seen or item["parent"] in seen,
            "optional": item["code"] in optional,
        }
        for item in _read(f"rubric-{version}.yaml")["items"]
    ]
    return service.create_rubric(None, version=version, items=items, settings={"unconfirmed": True})


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
