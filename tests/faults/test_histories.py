"""Processes that work on the same cases are killed in the middle of it: the database still tells one legal order."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from app.access.matrix import Role
from tests import factories
from tests.histories import Deed, People, faults

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
CROWD, KILLS = 3, 12


def _journal(path: Path) -> list[Deed]:
    """What a process noted: the end of each deed, or its beginning where nobody heard of the end."""
    deeds: dict[int, Deed] = {}
    for line in path.read_text().splitlines():
        noted = json.loads(line)
        noted["saved"] = tuple(noted["saved"]) if noted["saved"] else None
        deeds[noted["began"]] = Deed(**noted)
    return list(deeds.values())


def test_killed_in_the_middle_nothing_is_done_by_halves(db_session, database, tmp_path):
    there = factories.world()
    teachers = {}
    for _ in range(4):
        there.teacher = factories.teacher(at_school=there.teacher.school)
        teachers[factories.drafted(there).id] = there.teacher.id
    office = factories.account(Role.COUNTY, Role.CENTRE, place=factories.county())
    people = People(teachers, office.id, [reviewer.id for reviewer in there.reviewers])
    db_session.commit()
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "PORTAL_INSTANCE": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    journals: list[Path] = []
    running: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start() -> None:
        journals.append(tmp_path / f"journal-{len(journals)}")
        journals[-1].touch()
        command = [sys.executable, "-m", "tests.faults.crowd", str(len(journals)), str(journals[-1])]
        process = subprocess.Popen([*command, json.dumps(asdict(people))], cwd=ROOT, env=environment)
        running.append((process, journals[-1]))

    try:
        for _ in range(CROWD):
            start()
        for _ in range(KILLS):
            process, journal = running.pop(random.randrange(len(running)))
            end = time.monotonic() + 60
            while journal.stat().st_size < 2000 and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(random.uniform(0, 0.3))
            process.kill()
            process.wait()
            start()
    finally:
        for process, _journal_of in running:
            process.kill()
            process.wait()
    deeds = [deed for journal in journals for deed in _journal(journal)]
    db_session.rollback()
    assert any(deed.outcome == "unknown" for deed in deeds)
    assert sum(len(deed.moves) for deed in deeds) > 10
    assert faults(deeds, sorted(teachers)) == []
