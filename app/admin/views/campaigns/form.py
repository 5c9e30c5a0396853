"""The rules of a draft campaign as a form: the machinery of the official forms, typed words and rows included."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.admin import cells
from app.admin.views.campaigns import words
from app.admin.views.campaigns.fields import BandRow, ClockField, HoursRow, SlotRow, YearsField
from app.admin.views.campaigns.words import BAND_LABEL, LABELS, VERDICT_LABEL
from app.campaigns import service
from app.campaigns.models import PINNED, BandBasis, Campaign, Disagreement, Office
from app.campaigns.tracks import SLOTS, TRACKS
from app.cases.states import ROUND_LABELS, VERDICT_LABELS, Round, Verdict
from app.core import clock
from app.forms import registry
from app.forms.base import OfficialForm, Section
from app.forms.checks_field import ChecksField
from app.forms.dates import parse_date
from app.forms.fields import (
    AnswerField,
    CheckField,
    ChoiceField,
    DateField,
    IntField,
    LongTextField,
    Problem,
    TextField,
)
from app.forms.repeat_field import RepeatField

LISTED = "listed"
# Columns whose values the form shows as they are.
COLUMNS = (
    "label_year", "batch", "regular_months", "teaching_months", "prerequisite_track", "prerequisite_hours",
    "recommend_share", "reviewed", "course_hours", "reviewers_per_case", "review_days", "disagreement",
    "disagreement_levels", "similar_revise", "similar_fail", "band_basis", "correction_limit", "checking_office",
    "assigning_office", "deciding_office", "issuing_office", "revise_days", "appeal_days", "number_template",
    "number_series",
)  # fmt: skip


def _number(name: str, low: int, high: int, **more: Any) -> IntField:
    return IntField(LABELS[name], low=low, high=high, required=True, **more)


def _select(name: str, options: Any, **more: Any) -> ChoiceField:
    return ChoiceField(LABELS[name], options=tuple(options), look="select", required=True, **more)


def _office(name: str) -> ChoiceField:
    return _select(name, [(office.value, cells.OFFICES[office]) for office in Office], cols=6)


def _scope(name: str) -> ChoiceField:
    options = (
        (PINNED, _l("Only the forms to which a comment is pinned")),
        (LISTED, _l("The forms ticked here")),
    )
    return ChoiceField(LABELS[name], options=options, required=True, cols=12)


def _slots_of(name: str) -> ChecksField:
    """Which slots open again; the choices are the campaign's own slots."""
    return ChecksField(
        _l("Forms that open again"), options=(), show_if=(name, LISTED), required=True, cols=12
    )


def _verdicts(round_: Round) -> ChecksField:
    allowed = [(v.value, VERDICT_LABELS[v]) for v in Verdict if v in service.ALLOWED_VERDICTS[round_]]
    return ChecksField(VERDICT_LABEL[round_], options=allowed, cols=12)


def _bands(round_: Round) -> RepeatField:
    return RepeatField(BandRow, BAND_LABEL[round_], min_rows=0, max_rows=20, add_label=_l("Add a band"))


# The fields of each section of `words.SECTIONS`.
_PLACES = (
    "label_year batch opens_day opens_time closes_day closes_time",
    "cohorts hours regular_months teaching_months prerequisite_track prerequisite_hours recommend_share",
    "slots returned returned_slots revising revising_slots",
    "reviewed course_hours reviewers_per_case review_days disagreement disagreement_levels "
    "similar_revise similar_fail",
    "verdicts_first bands_first verdicts_second bands_second verdicts_appeal bands_appeal "
    "band_basis correction_limit",
    "checking_office assigning_office deciding_office issuing_office",
    "revise_days appeal_days",
    "number_template number_series",
    "apply_zh apply_en",
)


_NOTES = {
    "label_year": _l("The whole of the last second still counts."),
    "revise_days": _l("Calendar days, holidays included, from the day after the notice."),
}


class RulesForm(OfficialForm):
    """Every rule that a draft may change, in the sections of the campaign's page."""

    label_year = _number("label_year", 100, 200, cols=6)
    batch = _number("batch", 1, 9, cols=6)
    opens_day = DateField(_l("First day"), required=True, cols=3)
    opens_time = ClockField(_l("from (time in Taiwan)"), required=True, cols=3)
    closes_day = DateField(_l("Last day"), required=True, cols=3)
    closes_time = ClockField(_l("to (time in Taiwan)"), required=True, cols=3)

    cohorts = YearsField(
        LABELS["cohorts"],
        required=True,
        cols=12,
        hint=_l("School years with commas: 115, 114. Only those listed are admitted."),
    )
    hours = RepeatField(
        HoursRow, LABELS["hours"], min_rows=0, max_rows=10, add_label=_l("Add a rule"),
        hint=_l("One of the rules has to be met; the day of the training decides which counts."),
    )  # fmt: skip
    regular_months = _number("regular_months", 0, 480)
    teaching_months = _number("teaching_months", 0, 480)
    prerequisite_track = ChoiceField(LABELS["prerequisite_track"], options=(), look="select")
    prerequisite_hours = _number("prerequisite_hours", 0, 200, hint=_l("0: only the certificate counts"))
    recommend_share = _number("recommend_share", 1, 100)

    slots = RepeatField(
        SlotRow, LABELS["slots"], min_rows=0, max_rows=80, add_label=_l("Add a form"),
        hint=_l("Several forms in one place: the teacher chooses among them."),
    )  # fmt: skip
    returned = _scope("returned")
    returned_slots = _slots_of("returned")
    revising = _scope("revising")
    revising_slots = _slots_of("revising")

    reviewed = CheckField(
        LABELS["reviewed"], cols=12, hint=_l("Without a tick the formal check alone decides.")
    )
    course_hours = _number("course_hours", 0, 200, hint=_l("0: no course"))
    reviewers_per_case = _number("reviewers_per_case", 1, 5)
    review_days = _number("review_days", 1, 365)
    disagreement = _select("disagreement", words.DISAGREEMENTS.items(), cols=6)
    disagreement_levels = _number("disagreement_levels", 1, 3, cols=6)
    similar_revise = _number("similar_revise", 1, 99, cols=6)
    similar_fail = _number("similar_fail", 2, 100, cols=6)

    verdicts_first = _verdicts(Round.FIRST)
    bands_first = _bands(Round.FIRST)
    verdicts_second = _verdicts(Round.SECOND)
    bands_second = _bands(Round.SECOND)
    verdicts_appeal = _verdicts(Round.APPEAL)
    bands_appeal = _bands(Round.APPEAL)
    band_basis = _select("band_basis", words.BASES.items(), cols=6)
    correction_limit = _number("correction_limit", 0, 20, cols=6)

    checking_office = _office("checking_office")
    assigning_office = _office("assigning_office")
    deciding_office = _office("deciding_office")
    issuing_office = _office("issuing_office")

    revise_days = _number("revise_days", 1, 365)
    appeal_days = _number("appeal_days", 1, 365)

    number_template = TextField(LABELS["number_template"], limit=120, required=True, cols=12)
    number_series = _number("number_series", 0, 999)

    apply_zh = LongTextField(LABELS["apply_zh"], limit=2000, rows=4)
    apply_en = LongTextField(LABELS["apply_en"], limit=2000, rows=4)

    sections = tuple(
        Section(title, tuple(names.split()), _NOTES.get(names.split()[0], ""))
        for (title, _rules), names in zip(words.SECTIONS, _PLACES, strict=True)
    )

    def __init__(self, campaign: Campaign, formdata: MultiDict[str, str] | None = None) -> None:
        self.campaign = campaign
        super().__init__(formdata, answers_of(campaign))
        self.prerequisite_track.options = tuple(
            (track.value, TRACKS[track].held)
            for track in dict.fromkeys(info.gives for info in TRACKS.values())
        )
        known = {form.code for form in registry.all_forms()}
        self.slots.suggestions = {
            "form": sorted(((c, words.form_name(c)) for c in known), key=lambda o: o[1])
        }
        self.look_again()

    def look_again(self) -> None:
        """Choices and help that depend on what is typed in other fields."""
        mine = list(dict.fromkeys(row.slot.data for row in self.slots.filled() if row.slot.data in SLOTS))
        for field in (self.returned_slots, self.revising_slots):
            field.options = tuple((code, SLOTS[code].title) for code in mine)
        gaps = words.gap_lines(self.draft())
        for round_ in Round:
            field = self[f"bands_{round_}"]
            field.hints = (gaps.get(round_) or _("Every sum that a sheet can come to has a result."),)
        self.number_template.hints = (
            _in_braces(),
            self.example or _("This template cannot be filled: write only these names in braces."),
        )

    def apply_row_action(self, formdata: Any) -> str | None:
        shown = super().apply_row_action(formdata)
        self.look_again()
        return shown

    @property
    def example(self) -> str:
        """The number that the typed template makes."""
        campaign = self.campaign
        numbers = {
            name: field.data for name, field in (("year", self.label_year), ("series", self.number_series))
        }
        if not all(isinstance(value, int) for value in numbers.values()):
            return ""
        made = service.number_of(
            self.number_template.data, county=campaign.county.short_name, letter=TRACKS[campaign.track].letter,
            serial=1, **numbers,
        )  # fmt: skip
        return _("Example: %(number)s", number=made) if made else ""

    # -- checks --------------------------------------------------------------------------------------------

    def problems(self) -> list[Problem]:
        own = super().problems()
        wrong = {problem.field_id for problem in own}
        return own + [p for p in self._between() if p.field_id not in wrong]

    def _between(self) -> Iterator[Problem]:
        """What is wrong only beside another field."""

        def at(field: AnswerField, message: str, row: int = 0) -> Problem:
            label = str(field.label.text)
            if row:
                label = _("%(field)s, row %(number)s", field=label, number=row)
            return Problem(field.id, label, message, "invalid")

        opens, closes = self._moment("opens"), self._moment("closes")
        if opens and closes and closes <= opens:
            yield at(self.closes_day, _("The last day comes before the first."))
        if (
            _numbers(self.similar_revise, self.similar_fail)
            and self.similar_revise.data >= self.similar_fail.data
        ):
            yield at(self.similar_fail, _("This must be more than the percentage above it."))
        if not self.example and not self.number_template.is_blank:
            yield at(self.number_template, _("Only the names given above may stand in braces."))
        for number, entry in enumerate(self.hours.entries, start=1):
            first, last = entry.form.first.day, entry.form.last.day
            if first and last and last < first:
                yield at(entry.form.last, _("The last day comes before the first."), number)
        for round_ in Round:
            yield from self._band_problems(round_, at)

    def _band_problems(self, round_: Round, at: Any) -> Iterator[Problem]:
        allowed = self[f"verdicts_{round_}"].data
        rows = []
        for number, entry in enumerate(self[f"bands_{round_}"].entries, start=1):
            row = entry.form
            if row.verdict.data and row.verdict.data not in allowed:
                label = ROUND_LABELS[round_]
                yield at(row.verdict, _("%(round)s does not allow this result.", round=label), number)
            if not _numbers(row.low, row.high):
                continue
            if row.low.data > row.high.data:
                yield at(row.high, _("This is less than the first sum of the band."), number)
            rows.append((row.low.data, row.high.data, number, row))
        for (_low, high, _n, _row), (low, _high, number, row) in pairwise(sorted(rows, key=lambda r: r[:2])):
            if low <= high:
                yield at(row.low, _("This sum stands in another band already."), number)

    # -- values --------------------------------------------------------------------------------------------

    def _moment(self, name: str) -> datetime | None:
        day, moment = parse_date(self[f"{name}_day"].data), self[f"{name}_time"].time
        return clock.utc(datetime.combine(day, moment, clock.TAIPEI)) if day and moment else None

    def values(self) -> dict[str, Any]:
        """The columns of the campaign; ask `problems` first."""
        plain = {
            name: self[name].data
            for name in self._fields
            if name in service.RULES or name in ("label_year", "batch")
        }
        for name in ("checking_office", "assigning_office", "deciding_office", "issuing_office"):
            plain[name] = Office(plain[name])
        return plain | {
            "opens_at": self._moment("opens"),
            "closes_at": self._moment("closes"),
            "cohorts": self.cohorts.years,
            "hours": [
                {"from": r.first.data, "to": r.last.data or None, "hours": r.hours.data}
                for r in self.hours.filled()
            ],
            "slots": _grouped(self.slots.filled()),
            "reopens": {name: self._reopens(name) for name in ("returned", "revising")},
            "verdicts": {r.value: self[f"verdicts_{r}"].data for r in Round},
            "bands": self._typed_bands(),
            "disagreement": Disagreement(self.disagreement.data),
            "band_basis": BandBasis(self.band_basis.data),
            "texts": {"apply_zh": self.apply_zh.data.strip(), "apply_en": self.apply_en.data.strip()},
        }

    def _reopens(self, name: str) -> list[str] | str:
        return PINNED if self[name].data == PINNED else self[f"{name}_slots"].data

    def _typed_bands(self) -> dict[str, list[dict[str, Any]]]:
        found = {
            r.value: [
                {"from": row.low.data, "to": row.high.data, "verdict": row.verdict.data}
                for row in self[f"bands_{r}"].filled()
                if _numbers(row.low, row.high)
            ]
            for r in Round
        }
        return {name: sorted(rows, key=lambda row: row["from"]) for name, rows in found.items()}

    def draft(self) -> Campaign:
        """A campaign with the typed results, in no session: to be asked for gaps."""
        limit = self.correction_limit.data
        return Campaign(
            track=self.campaign.track,
            reviewed=self.reviewed.data,
            verdicts={r.value: self[f"verdicts_{r}"].data for r in Round},
            bands=self._typed_bands(),
            correction_limit=limit if isinstance(limit, int) else 0,
        )

    def digest(self) -> str:
        """Changes when what the form says changes: a later save is told that somebody else was faster."""
        text = json.dumps(self.answers(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _in_braces() -> Markup:
    """Help for the number template; what is typed as it stands here is marked as such."""
    words = Markup(
        _(
            "%(county)s short name, %(letter)s kind, %(year)s school year, %(series)s series, "
            "%(serial)s running number; %(pad)s pads to three digits."
        )
    )
    names = {name: cells.code(f"{{{name}}}") for name in ("county", "letter", "year", "series", "serial")}
    return words % (names | {"pad": cells.code("{serial:03d}")})


def _numbers(*fields: IntField) -> bool:
    return all(isinstance(field.data, int) for field in fields)


def _grouped(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of (place, form) as slots with their forms, both in the order of their first row."""
    slots: dict[str, list[str]] = {}
    for row in rows:
        forms = slots.setdefault(row.slot.data, [])
        if row.form.data not in forms:
            forms.append(row.form.data)
    return [{"slot": slot, "forms": forms} for slot, forms in slots.items()]


def answers_of(campaign: Campaign) -> dict[str, Any]:
    """The campaign's rules as the form's answers."""
    plain = {name: getattr(campaign, name) for name in COLUMNS}
    opens, closes = clock.local(campaign.opens_at), clock.local(campaign.closes_at)
    return plain | {
        "opens_day": opens.date().isoformat(),
        "opens_time": opens.strftime("%H:%M:%S"),
        "closes_day": closes.date().isoformat(),
        "closes_time": closes.strftime("%H:%M:%S"),
        "cohorts": ", ".join(map(str, campaign.cohorts)),
        "hours": [
            {"first": r["from"], "last": r.get("to") or "", "hours": r["hours"]} for r in campaign.hours
        ],
        "slots": [{"slot": s["slot"], "form": form} for s in campaign.slots for form in s["forms"]],
        **{
            name: PINNED if campaign.reopens.get(name) == PINNED else LISTED
            for name in ("returned", "revising")
        },
        **{
            f"{name}_slots": scope
            for name in ("returned", "revising")
            if isinstance(scope := campaign.reopens.get(name, []), list)
        },
        **{f"verdicts_{r}": campaign.verdicts.get(r, []) for r in Round},
        **{
            f"bands_{r}": [
                {"low": b["from"], "high": b["to"], "verdict": b["verdict"]}
                for b in campaign.bands.get(r, [])
            ]
            for r in Round
        },
        "apply_zh": (campaign.texts or {}).get("apply_zh", ""),
        "apply_en": (campaign.texts or {}).get("apply_en", ""),
    }
