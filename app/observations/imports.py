"""Recordings from outside: a plain list of Flanders codes from paper, and our own JSON with its log."""

import json
import re
import unicodedata
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.access.models import PortalUser
from app.core.errors import Invalid
from app.instruments import flanders
from app.instruments import record as records
from app.observations import service
from app.observations.checked import checked_ops, wrong
from app.observations.exports import FORMAT, log_digest
from app.observations.models import Recording

NAMED_AT_MOST = 8


def from_codes(
    actor: PortalUser, *, text: str, title: str, class_name: str = "", beat_s: float = 3
) -> Recording:
    """A Flanders recording of a plain code list; nothing is timed, since the paper does not say when.

    Raises `Invalid` that names each code that is none, with its position.
    """
    # A code is two figures and a mark at most; before anything is read of a list that could not be kept anyway.
    if len(text) > 8 * service.MOST_OPS:
        raise Invalid(_l("This recording is full."), code="full", field="codes")
    bad = wrong_codes(text)
    if bad:
        listed = "、".join(f"{position}: {found[:12]}" for position, found in bad[:NAMED_AT_MOST])
        raise Invalid(
            _l(
                "These are no categories from 1 to 10 (position: what was found): %(listed)s",
                listed=listed + (" …" if len(bad) > NAMED_AT_MOST else ""),
            ),
            code="bad_code",
            field="codes",
        )
    try:
        codes = flanders.parse_codes(text)
    except flanders.FlandersError:
        raise Invalid(_l("Please type or paste the codes."), code="no_codes", field="codes") from None
    if len(codes) > service.MOST_OPS:
        raise Invalid(_l("This recording is full."), code="full", field="codes")
    at = service.epoch_ms()
    ops = []
    for number, code in enumerate(codes, 1):
        event_id = str(uuid.uuid4())
        event = {"id": event_id, "t": None, "code": code}
        ops.append(
            {"uid": str(uuid.uuid4()), "n": number, "at": at, "op": "put", "id": event_id, "event": event}
        )
    head = {
        "instrument": "flanders",
        "title": title,
        "class_name": class_name,
        "rule": {"beat_s": beat_s, "bracket": "always"},
        "at": at,
    }
    return service.import_record(actor, head=head, ops=ops)


def wrong_codes(text: str) -> list[tuple[int, str]]:
    """(position from 1, what stands there) of everything in the list that is no category."""
    found = []
    for position, token in enumerate(re.findall(r"[^\s,;、]+", unicodedata.normalize("NFKC", text)), 1):
        try:
            flanders.parse_codes(token)
        except flanders.FlandersError:
            found.append((position, token))
    return found


def from_json(actor: PortalUser, *, data: bytes) -> Recording:
    """A new recording, log included, of a file that `exports.to_json` wrote.

    1. Read it. 2. Refuse a file that was changed since: its digests no longer agree. 3. Check that the log
    makes the events of the record. 4. Keep it.
    """
    whole = _read(data)
    record, ops = whole["record"], whole["ops"]
    try:
        made = records.digest(record), log_digest(ops)
    except (AttributeError, TypeError, ValueError, RecursionError):
        made = None
    if made != (whole.get("digest"), whole.get("log_digest")):
        raise Invalid(
            _l(
                "This file was changed after it was exported: its digest no longer agrees. Nothing was imported."
            ),
            code="changed",
            field="file",
        )
    try:
        records.check(record)
    except records.RecordError as error:
        raise wrong(error.path, error.code) from None
    if records.fold(checked_ops(ops, instrument=record["instrument"])) != record["events"]:
        raise wrong("ops", "log")
    head = {
        key: record.get(key) for key in ("instrument", "title", "class_name", "started_at", "rule", "plan")
    }
    return service.import_record(actor, head={**head, **_length(record), "at": service.epoch_ms()}, ops=ops)


def _read(data: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        whole = None
    if (
        not isinstance(whole, dict)
        or whole.get("format") != FORMAT
        or not isinstance(whole.get("record"), dict)
        or not isinstance(whole.get("ops"), list)
    ):
        raise Invalid(
            _l("This is no recording that was exported here as JSON."), code="not_ours", field="file"
        )
    return whole


def _length(record: dict[str, Any]) -> dict[str, Any]:
    """Length and end as the record has them."""
    length, begun = record.get("length_ms"), record.get("started_at")
    if length is None or begun is None:
        return {"length_ms": length, "ended_at": None}
    ended = datetime.fromisoformat(begun) + timedelta(milliseconds=length)
    return {"length_ms": length, "ended_at": ended.isoformat()}


def decoded(data: bytes) -> str:
    """The text of an uploaded list: UTF-8, or Big5 as older Windows programs in Taiwan write it."""
    for encoding in ("utf-8-sig", "cp950"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_l("This file is no plain text."), code="not_text", field="file")
