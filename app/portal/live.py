"""Live capture: one page for each instrument, which the browser keeps, and the worker that keeps it."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, render_template, url_for

from app.access.matrix import Permission
from app.access.policy import require
from app.instruments.anecdotal import JUDGING
from app.instruments.record import INSTRUMENTS
from app.observations.queries import code_sets
from app.observations.words.flanders import CATEGORIES
from app.portal.blueprint import bp, me, public
from app.reference.models import FormType
from app.reference.queries import active

# What the kept pages need beside their own scripts and style sheets, as the layout links it.
LOOK = ("css/*.css", "img/*.svg")
OWN = ("js/live/*.js", "css/live*.css", "css/plan*.css", "css/stage*.css")
WORKER = "js/live/sw.js"
RULES: dict[str, dict[str, Any]] = {
    "flanders": {"beat_s": 3, "bracket": "always"},
    "verbal-flow": {"kinds": []},
    "at-task": {"every_s": 180, "codes": []},
    "teacher-movement": {"reach": 1.0},
    "verbatim": {"focus": ""},
    "anecdotal": {},
}


@bp.get("/toolbox/live/<instrument>/")
def live(instrument: str) -> str:
    """The page that records with one instrument: the same for every recording, which the hash of the address names."""
    if instrument not in INSTRUMENTS:
        abort(404)
    require(me(), Permission.RECORDING_OWN)
    return render_template(
        "toolbox/live.html",
        instrument=instrument,
        label=_labels()[instrument],
        rule=_rule(instrument),
        sets=code_sets(instrument),
        judging=JUDGING,
        categories={code: str(name) for code, name in CATEGORIES.items()},
    )


def _labels() -> dict[str, str]:
    """The official name of each instrument, in the user's language."""
    known = {row.code: row.label for row in active(FormType)}
    return {name: known.get(name, name) for name in INSTRUMENTS}


def _rule(instrument: str) -> dict[str, Any]:
    """What a new recording's rule starts from; utterances are of the same kinds as those of verbal flow."""
    rule = dict(RULES[instrument])
    if instrument == "verbatim":
        kinds: list[dict[str, Any]] = next((set_["codes"] for set_ in code_sets("verbal-flow")), [])
        rule["kinds"] = [{key: kind[key] for key in ("code", "zh", "en")} for kind in kinds]
    return rule


@bp.get("/toolbox/offline/")
def live_away() -> str:
    """What the worker shows instead of a page of the tool box that cannot be fetched."""
    require(me(), Permission.RECORDING_OWN)
    return render_template("toolbox/live_away.html", labels=_labels())


@public.get("/toolbox/sw.js")
def live_worker() -> Response:
    """The service worker of the tool box; every release makes another text of it, so browsers fetch it anew."""
    shells = [url_for("portal.live", instrument=name) for name in INSTRUMENTS]
    shells += [url_for(f"portal.{name}") for name in ("plans", "plan_editor", "live_away")]
    look = [url_for("static", filename=name) for name in _names(LOOK)]
    look.append(url_for("bootstrap.static", filename="css/bootstrap.min.css"))
    given = {"VERSION": version(), "OWN": [live_file(n) for n in _names(OWN)], "LOOK": look, "SHELLS": shells}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    source = (_static() / WORKER).read_text(encoding="utf-8")
    return Response(head + source, mimetype="text/javascript")


@public.get("/toolbox/files/<release>/<path:filename>", endpoint="live_static")
def live_static(release: str, filename: str) -> Response:
    """A static file under the address of its release, so that a page kept from an older one never mixes the two."""
    answer = current_app.send_static_file(filename)
    if release == version():
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@bp.app_template_global()
def live_file(filename: str) -> str:
    """The address of a script or style sheet of a page that is kept for use without a network."""
    return url_for("public.live_static", release=version(), filename=filename)


def version() -> str:
    """A fingerprint of everything the kept pages are made of, but their own text, which comes network first."""
    folder = _static()
    files = [folder / name for name in _names((*OWN, *LOOK))]
    return _fingerprint(folder, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _fingerprint(folder: Path, files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _changed in files:
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _names(patterns: tuple[str, ...]) -> list[str]:
    folder = _static()
    found = {path.relative_to(folder).as_posix() for pattern in patterns for path in folder.glob(pattern)}
    return sorted(found - {WORKER})


def _static() -> Path:
    return Path(str(current_app.static_folder))
