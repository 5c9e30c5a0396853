"""The raw record of an observation in a form: copied from the observer's own recording, locked by its digest."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from wtforms.utils import unset_value

from app.access.models import PortalUser
from app.core import clock
from app.core.errors import NotFound
from app.forms.fields import AnswerField, clean
from app.instruments.record import RecordError, check, digest
from app.observations import queries
from app.observations.present import Presentation, present

Record = dict[str, Any]


class Shelf:
    """The finished recordings of one person; nothing is read before a form asks."""

    def __init__(self, owner: PortalUser) -> None:
        self.owner = owner

    def offers(self, instrument: str) -> list[tuple[str, str]]:
        """(uid, wording) of the finished recordings of an instrument, newest first."""
        rows = queries.recordings(self.owner, instrument)
        return [(row.uid, wording(row.title, row.class_name, row.started_at)) for row in rows if row.ended_at]

    def record(self, uid: str, instrument: str) -> Record | None:
        """The recording as it stands now; None when it is not a finished one of this person and instrument."""
        try:
            row = queries.recording(self.owner, uid)
        except NotFound:
            return None
        return queries.record_of(row) if row.ended_at and row.instrument == instrument else None


def wording(title: Any, class_name: Any, begun: datetime | str | None) -> str:
    """What tells a recording from others: title, class, when it was begun."""
    try:
        moment = datetime.fromisoformat(begun) if isinstance(begun, str) else begun
    except ValueError:
        moment = None
    when = clock.local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
    return " · ".join(str(part) for part in (title, class_name, when) if part) or _(
        "Recording without a title"
    )


class RecordField(AnswerField):
    """A copy of a recording: {"uid", "digest", "record"}, or {} while none is taken.

    The browser sends only a uid; the copy is made here, so nobody can send a record of their own making.
    `shelf` and `live_url` are lent by `offer`, for a form that may be changed.
    """

    kind = "record"
    data: dict[str, Any]

    def __init__(self, label: Any = None, *, instrument: str, **kwargs: Any) -> None:
        super().__init__(label, cols=12, **kwargs)
        self.instrument = instrument
        self.shelf: Shelf | None = None
        self.live_url = ""
        # The uid of a recording that was asked for and is not copied (yet).
        self.wanted = ""
        # Copied while showing the page: kept only once the form is saved.
        self.proposed = False

    # -- value ---------------------------------------------------------------------------------------------

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.wanted = ""
        super().process(formdata, data, extra_filters)

    def process_data(self, value: Any) -> None:
        value = value if isinstance(value, dict) else {}
        whole = isinstance(value.get("record"), dict) and all(
            isinstance(value.get(name), str) for name in ("uid", "digest")
        )
        self._hold({name: value[name] for name in ("uid", "digest", "record")} if whole else {})

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        uid, _mark, state = clean(valuelist[0]).strip().partition(":")
        if not uid:
            self._hold({})
        elif uid != self.uid or (state and state != self.data["digest"]):
            self.wanted = uid

    def _hold(self, data: dict[str, Any]) -> None:
        self.data = data
        self.__dict__.pop("fault", None)

    @property
    def uid(self) -> str:
        return str(self.data.get("uid", ""))

    @property
    def record(self) -> Record | None:
        """The copied record, also a damaged one."""
        return self.data.get("record")

    @property
    def typed(self) -> str:
        return self.wanted or self.uid

    def inputs(self) -> list[tuple[str, str]]:
        state = f"{self.uid}:{self.data['digest']}" if self.uid else ""
        return [(self.name, self.wanted or state)]

    # -- taking a recording --------------------------------------------------------------------------------

    def offer(self, context: Mapping[str, Any]) -> None:
        """Lend what a changeable form needs; context: `recordings` (a `Shelf`), `live` (query of the capture
        page), `record` (uid to propose). A recording that was asked for is copied here.
        """
        self.shelf = context.get("recordings")
        self.live_url = f"/toolbox/live/{self.instrument}/?{context.get('live', '')}"
        proposal = clean(context.get("record")).strip()
        if proposal and proposal != self.uid:
            self.wanted, self.proposed = proposal, True
        if self.wanted:
            self.take(self.wanted)

    def take(self, uid: str) -> None:
        """Copy the recording as it stands now; what cannot be copied is a complaint, the old copy stays."""
        record = self.shelf.record(uid, self.instrument) if self.shelf else None
        if record is None:
            self.wanted = uid
            return
        self.wanted = ""
        self._hold({"uid": uid, "digest": digest(record), "record": record})

    def press(self, pressed: str) -> str | None:
        """`take` only shows what was copied already; `renew` copies the present state of the same recording."""
        if pressed == "renew" and self.uid:
            self.take(self.uid)
        return self.id if pressed in ("take", "renew") else None

    def offers(self) -> list[tuple[str, str]]:
        """What the drop-down lists; the copy that is kept stands first, also when its recording is gone."""
        found = self.shelf.offers(self.instrument) if self.shelf else []
        kept = [] if not self.uid else [(self.uid, self.title)]
        return kept + [offer for offer in found if offer[0] != self.uid]

    @property
    def changed_since(self) -> bool:
        """The recording has gone on, or was corrected, after it was copied."""
        if self.shelf is None or not self.uid or self.proposed:
            return False
        fresh = self.shelf.record(self.uid, self.instrument)
        return fresh is not None and digest(fresh) != self.data["digest"]

    # -- checks and views ----------------------------------------------------------------------------------

    @cached_property
    def fault(self) -> str:
        """What is the matter with the copy that is kept; empty when figures may be drawn from it."""
        if not self.data:
            return ""
        try:
            check(self.record)
            sound = digest(self.data["record"]) == self.data["digest"]
        except (RecordError, ValueError, TypeError):
            sound = False
        if not sound:
            return _(
                "This copy of the recording does not match its check sum. Please take the recording again."
            )
        if self.data["record"]["instrument"] != self.instrument:
            return _("This recording was made with another instrument.")
        return ""

    @property
    def presentation(self) -> Presentation | None:
        """Figures, tables and pictures of the copy; None while there is none to draw them from."""
        return None if self.fault or not self.data else present(self.data["record"])

    def complaint(self) -> str | None:
        if self.wanted:
            return _("This recording is not among your finished recordings of this instrument.")
        return self.fault or None

    def ask(self) -> str:
        return _("Please choose one of your recordings, or record now.")

    @property
    def title(self) -> str:
        record = self.record or {}
        return wording(record.get("title"), record.get("class_name"), record.get("started_at"))

    def text(self, *, paper: bool = False) -> str:
        if not self.data:
            return ""
        return _("%(title)s, check sum %(digest)s", title=self.title, digest=self.data["digest"][:16])

    def block(self, *, paper: bool = False) -> dict[str, Any]:
        if self.fault or not self.data:
            return {"label": str(self.label.text), "value": self.fault, "wide": True}
        return {"label": str(self.label.text), "record": self.presentation}
