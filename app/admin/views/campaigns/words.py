"""The rules of a campaign in words: one list for its page, the comparison and the labels of the form."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.admin import cells
from app.campaigns import queries, service
from app.campaigns.eligibility import needed_lines
from app.campaigns.models import PINNED, BandBasis, Campaign, Disagreement
from app.campaigns.tracks import SLOTS, TRACKS, Track
from app.cases.states import ROUND_LABELS, STATES, VERDICT_LABELS, Round, State, Verdict
from app.core import clock
from app.forms import registry

# What the log says of a campaign, and the tone of the line.
_DONE = {
    "campaign.created": (_l("Draft made"), "neutral"),
    "campaign.changed": (_l("Draft changed"), "neutral"),
    "campaign.proposed": (_l("Proposed for publication"), "warn"),
    "campaign.sent_back": (_l("Sent back"), "bad"),
    "campaign.published": (_l("Published"), "ok"),
    "campaign.closed": (_l("Closed"), "info"),
    "campaign.extended": (_l("Window extended"), "info"),
    "campaign.amendment_proposed": (_l("Band proposed"), "warn"),
    "campaign.amendment_approved": (_l("Band added"), "ok"),
    "campaign.amendment_refused": (_l("Proposed band dropped"), "bad"),
}
DISAGREEMENTS = {
    Disagreement.NONE: _l("The office decides at once"),
    Disagreement.THIRD: _l("One more reviewer"),
    Disagreement.TALK: _l("The reviewers talk it over"),
}
BASES = {
    BandBasis.MEAN: _l("The mean of the sums, rounded up"),
    BandBasis.WORST: _l("The highest sum"),
}
LABELS = {
    "label_year": _l("年度"),
    "batch": _l("Batch"),
    "opens_at": _l("Opens"),
    "closes_at": _l("Closes"),
    "cohorts": _l("研習年度"),
    "hours": _l("研習時數"),
    "regular_months": _l("Months as a regular teacher"),
    "teaching_months": _l("Months of teaching"),
    "prerequisite_track": _l("Certificate asked for"),
    "prerequisite_hours": _l("Hours that replace the certificate asked for"),
    "recommend_share": _l("Percent of a school's staff that may be recommended"),
    "slots": _l("Forms, in the order of filling"),
    "returned": _l("Open again after %(state)s", state=STATES[State.RETURNED].label),
    "revising": _l("Open again after %(state)s", state=VERDICT_LABELS[Verdict.REVISE]),
    "reviewed": _l("Reviewers read the cases"),
    "course_hours": _l("Hours of a course after the formal check"),
    "reviewers_per_case": _l("Reviewers for each case"),
    "review_days": _l("Days for reviewing"),
    "disagreement": _l("When the reviewers disagree"),
    "disagreement_levels": _l("Levels apart that count as disagreement"),
    "similar_revise": _l(
        "Likeness in percent that proposes %(result)s", result=VERDICT_LABELS[Verdict.REVISE]
    ),
    "similar_fail": _l("Likeness in percent that proposes %(result)s", result=VERDICT_LABELS[Verdict.FAIL]),
    "correction_limit": _l("Largest weighted correction (+/-)"),
    "band_basis": _l("Number that is looked up in the bands"),
    "checking_office": _l("Checks the forms"),
    "assigning_office": _l("Assigns the reviewers"),
    "deciding_office": _l("Decides"),
    "issuing_office": _l("Issues the numbers"),
    "revise_days": _l("Days for mending"),
    "appeal_days": _l("Days for an appeal"),
    "number_template": _l("Number template"),
    "number_series": _l("Series in the number"),
    "apply_zh": _l("Text on the apply page, in Chinese"),
    "apply_en": _l("Text on the apply page, in English"),
}
VERDICT_LABEL = {r: _l("Possible results, %(round)s", round=label) for r, label in ROUND_LABELS.items()}
BAND_LABEL = {r: _l("Bands of the sums, %(round)s", round=label) for r, label in ROUND_LABELS.items()}


@dataclass(frozen=True)
class Rule:
    """One rule: its label and what a campaign says, a line for each part."""

    label: object
    lines: Callable[[Campaign], Sequence[str]]


def _plain(name: str) -> Rule:
    return Rule(LABELS[name], lambda c: [str(cells.show(getattr(c, name)))])


def _moment(name: str) -> Rule:
    return Rule(LABELS[name], lambda c: [exact(getattr(c, name))])


def _named(name: str, words: dict[Any, object]) -> Rule:
    return Rule(LABELS[name], lambda c: [str(words[getattr(c, name)])])


def _scope(name: str) -> Rule:
    return Rule(LABELS[name], lambda c: scope_lines(c.reopens.get(name, [])))


def _verdicts(round_: Round) -> Rule:
    def lines(campaign: Campaign) -> list[str]:
        chosen = campaign.verdicts.get(round_, [])
        return [str(VERDICT_LABELS[v]) for v in Verdict if v in chosen]

    return Rule(VERDICT_LABEL[round_], lines)


def _bands(round_: Round) -> Rule:
    return Rule(BAND_LABEL[round_], lambda c: [band_line(band) for band in c.all_bands(round_)])


def slot_name(code: str) -> str:
    return str(SLOTS[code].title) if code in SLOTS else code


def form_name(code: str) -> str:
    """The form's title as a slot's drop-down shows it."""
    try:
        form = registry.get(code)
    except KeyError:
        return code
    return f"{form.title} ({form.who})" if form.who else str(form.title)


def scope_lines(scope: Any) -> list[str]:
    if scope == PINNED:
        return [_("Only the forms to which a comment is pinned")]
    return [slot_name(code) for code in scope]


def band_line(band: dict[str, Any]) -> str:
    return f"{span((band['from'], band['to']))}: {VERDICT_LABELS[band['verdict']]}"


def span(pair: tuple[int, int]) -> str:
    first, last = pair
    return str(first) if first == last else f"{first}-{last}"


def gap_lines(campaign: Campaign) -> dict[str, str]:
    """Round -> what the sums without a result are, in words."""
    return {
        round_: _("No result is defined for the sums %(sums)s.", sums=_(", ").join(map(span, ranges)))
        for round_, ranges in queries.gaps(campaign).items()
    }


def _prerequisite(campaign: Campaign) -> list[str]:
    asked = campaign.prerequisite_track
    return [str(TRACKS[Track(asked)].held) if asked else _("none")]


def _hours(campaign: Campaign) -> list[str]:
    return needed_lines({"code": "hours", "needed": campaign.hours}) or [_("none")]


def _example(campaign: Campaign) -> list[str]:
    # A number is Chinese in every language.
    return [Markup('<span lang="zh-Hant-TW">{}</span>').format(service.example_number(campaign))]


def _slot_lines(campaign: Campaign) -> list[str]:
    return [
        f"{number}. {slot_name(row['slot'])}: {_(', ').join(map(form_name, row['forms']))}"
        for number, row in enumerate(campaign.slots, start=1)
    ]


def _words(name: str) -> Rule:
    return Rule(LABELS[name], lambda c: [(c.texts or {}).get(name, "")])


SECTIONS: tuple[tuple[object, tuple[Rule, ...]], ...] = (
    (
        _l("Label and window"),
        (_plain("label_year"), _plain("batch"), _moment("opens_at"), _moment("closes_at")),
    ),
    (
        _l("Who may apply"),
        (
            Rule(LABELS["cohorts"], lambda c: [", ".join(map(str, c.cohorts))]),
            Rule(LABELS["hours"], _hours),
            _plain("regular_months"),
            _plain("teaching_months"),
            Rule(LABELS["prerequisite_track"], _prerequisite),
            _plain("prerequisite_hours"),
            _plain("recommend_share"),
        ),
    ),
    (_l("Forms"), (Rule(LABELS["slots"], _slot_lines), _scope("returned"), _scope("revising"))),
    (
        _l("Review"),
        (
            Rule(LABELS["reviewed"], lambda c: [_("Yes") if c.reviewed else _("No")]),
            _plain("course_hours"),
            _plain("reviewers_per_case"),
            _plain("review_days"),
            _named("disagreement", dict(DISAGREEMENTS)),
            _plain("disagreement_levels"),
            _plain("similar_revise"),
            _plain("similar_fail"),
        ),
    ),
    (
        _l("Results"),
        (
            *map(_verdicts, Round),
            *map(_bands, Round),
            _named("band_basis", dict(BASES)),
            _plain("correction_limit"),
        ),
    ),
    (
        _l("Offices"),
        tuple(map(_plain, ("checking_office", "assigning_office", "deciding_office", "issuing_office"))),
    ),
    (_l("Deadlines"), (_plain("revise_days"), _plain("appeal_days"))),
    (
        _l("Certificate numbers"),
        (
            _plain("number_template"),
            _plain("number_series"),
            Rule(_l("Example of a number"), _example),
        ),
    ),
    (_l("Texts"), (_words("apply_zh"), _words("apply_en"))),
)


def facts(campaign: Campaign) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """[(section, [(label, lines), ...]), ...] for the campaign's page."""
    return [
        (str(title), [(str(rule.label), list(rule.lines(campaign))) for rule in rules])
        for title, rules in SECTIONS
    ]


def difference(before: Campaign, after: Campaign) -> list[tuple[str, str, list[str], list[str]]]:
    """(section, label, lines before, lines after) of every rule that says something else."""
    rows = (
        (str(title), str(rule.label), list(rule.lines(before)), list(rule.lines(after)))
        for title, rules in SECTIONS
        for rule in rules
    )
    return [row for row in rows if row[2] != row[3]]


def history(campaign: Campaign) -> list[dict[str, Any]]:
    """What was done to the campaign, the latest first, as the time line shows it."""
    return [
        {
            "title": title,
            "when": cells.moment(entry.at),
            "who": entry.actor_name or _("by the system"),
            "text": _detail(entry.detail),
            "tone": tone,
        }
        for entry in queries.history(campaign)
        for title, tone in [_DONE.get(entry.action, (entry.action, "neutral"))]
    ]


def _detail(detail: dict[str, Any]) -> str:
    lines = []
    if band := detail.get("band"):
        lines.append(
            f"{ROUND_LABELS[detail['round']]} {span(tuple(band))}: {VERDICT_LABELS[detail['verdict']]}"
        )
    if until := detail.get("until"):
        whom = detail.get("school") or detail.get("user") or _("whole campaign")
        lines.append(_("until %(day)s: %(whom)s", day=exact(datetime.fromisoformat(until)), whom=whom))
    return joined([*lines, detail.get("reason", "")])


def exact(moment: datetime) -> str:
    """A moment in Taiwan to the second."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M:%S")


def joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)
