"""Fingerprints of what is sent, written in the same transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.cases.models import Submission
from app.core.db import db, transaction
from app.forms import registry
from app.similarity import winnow
from app.similarity.models import Fingerprint, Narrative
from app.similarity.normalise import BREAK, plain
from app.similarity.queries import latest
from app.similarity.wording import Wording, narrative_fields, own_wording

# Submissions in one transaction of `reindex`: others may write in between.
BATCH = 100


def index_submission(submission: Submission) -> list[Narrative]:
    """Keep every form's long texts with their fingerprints; what is already kept stays, so a repeat does nothing.

    A form that says the same as when the case was sent before keeps its first row.
    """
    kept = latest(submission.case_id)
    own = own_wording()
    made = []
    for item in submission.content:
        found = _read(item, own)
        last = kept.get(item["slot"])
        if not found or (last and (last.submission_id >= submission.id or last.text == found["text"])):
            continue
        row = Narrative(
            case_id=submission.case_id,
            submission_id=submission.id,
            slot=item["slot"],
            form_code=item["form"],
            form_version=item["version"],
            **found,
        )
        made.append(row)
    db.session.add_all(made)
    db.session.flush()
    _write(made, own)
    return made


def reindex() -> int:
    """Read every submission again and make all fingerprints anew, after the forms' own wording has changed.

    Until it is done a look-up finds only what has been read so far. Returns how many narratives there are.
    """
    with transaction():
        db.session.execute(delete(Fingerprint))
    numbers = list(db.session.scalars(select(Submission.id).order_by(Submission.id)))
    for start in range(0, len(numbers), BATCH):
        with transaction():
            _again(numbers[start : start + BATCH])
    return db.session.scalar(select(func.count(Narrative.id))) or 0


def _again(numbers: Sequence[int]) -> None:
    """Read these submissions again: rows keep their numbers, since those tell what was sent earlier."""
    own = own_wording()
    for submission in db.session.scalars(select(Submission).where(Submission.id.in_(numbers))).all():
        items = {item["slot"]: item for item in submission.content}
        kept = db.session.scalars(select(Narrative).where(Narrative.submission_id == submission.id)).all()
        for row in kept:
            for name, value in (_read(items[row.slot], own) or {}).items():
                setattr(row, name, value)
        db.session.flush()
        _write(kept, own)
        index_submission(submission)


def _read(item: dict[str, Any], own: Wording) -> dict[str, Any] | None:
    """The long texts of a sent form as columns of a narrative; None when nothing was written in any."""
    if (item["form"], item["version"]) not in registry.load():
        return None
    form = registry.build(item["form"], item["version"], answers=item["answers"])
    parts = narrative_fields(form)
    text = BREAK.join(part.text for part in parts)
    grams = winnow.grams(plain(text), own.grams)
    return {"fields": [part.name for part in parts], "text": text, "grams": len(grams)} if grams else None


def _write(narratives: Sequence[Narrative], own: Wording) -> None:
    """The fingerprints of these narratives, in the order of the index."""
    rows = sorted(
        (number, narrative.id)
        for narrative in narratives
        for number in winnow.fingerprints(plain(narrative.text), own.hashes).tolist()
    )
    if rows:
        db.session.execute(insert(Fingerprint), [{"hash": h, "narrative_id": n} for h, n in rows])
