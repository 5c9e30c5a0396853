"""What a new campaign of each track starts from: columns of `Campaign`, for an authority to change.

The slots list every official form; how sure each number is stands beside it (PROCESS.md 2 and 6, FORMS.md).
"""

from typing import Any

from app.campaigns.tracks import Track

ROC = 1911
_PRE = ("pre-observation-a", "pre-observation-b", "pre-observation-other")
_RECORDS = (
    "observation-105",
    "observation-101",
    "anecdotal",
    "verbal-flow",
    "at-task",
    "teacher-movement",
    "flanders",
    "verbatim",
)
_POST = ("post-observation-a", "post-observation-b", "post-observation-other")
_PROOFS = {"open-lesson-proof": ("open-lesson-proof",), "community-proof": ("community-proof",)}
_CYCLE = {"pre-observation": _PRE, "observation": _RECORDS, "post-observation": _POST}
_RENEWAL = {"renewal-recommendation": ("renewal-recommendation",)}

SLOTS: dict[Track, dict[str, tuple[str, ...]]] = {
    # Its handbook prints one form for each step.
    Track.INITIAL: {
        **_PROOFS,
        "pre-observation": ("pre-observation-b",),
        "observation": ("observation-105",),
        "post-observation": ("post-observation-b",),
        "checklist": ("checklist-initial",),
    },
    Track.ADVANCED: {**_PROOFS, **_CYCLE, "checklist": ("checklist-advanced",)},
    Track.MENTOR: {
        "mentor-recommendation": ("mentor-recommendation",),
        **_PROOFS,
        **{f"{slot}-{cycle}": forms for cycle in (1, 2) for slot, forms in _CYCLE.items()},
        "mentoring-plan": ("mentoring-plan",),
        "mentoring-log-1": ("mentoring-log",),
        "mentoring-log-2": ("mentoring-log",),
        "mentoring-case": ("mentoring-case",),
        "checklist": ("checklist-mentor",),
    },
    Track.MENTOR_RENEWAL_1: {
        **_RENEWAL,
        "mentoring-evidence": ("mentoring-evidence",),
        "mentoring-proofs": ("mentoring-proofs",),
    },
    # Which four practices is not published; these are the four kinds of the scheme.
    Track.MENTOR_RENEWAL_2: {**_RENEWAL, **_PROOFS, **_CYCLE, "mentoring-log": ("mentoring-log",)},
}
# What the school has confirmed is not rated, and so not revised for a second round.
_CONFIRMED = {*_RENEWAL, "mentor-recommendation", "mentoring-proofs", "checklist"}


def defaults(track: Track, label_year: int = 115) -> dict[str, Any]:
    """The rules of a campaign of `track`, but for its authority, track, label and window."""
    slots = SLOTS[track]
    # Only the second way of renewal rates the proofs.
    fixed = _CONFIRMED if track is Track.MENTOR_RENEWAL_2 else {*_CONFIRMED, *_PROOFS}
    return {
        "slots": [{"slot": slot, "forms": list(forms)} for slot, forms in slots.items()],
        "reopens": {"returned": list(slots), "revising": [slot for slot in slots if slot not in fixed]},
        "verdicts": {
            "first": ["pass", "minor", "revise", "fail"],
            "second": ["pass", "minor", "fail"],
            "appeal": ["pass", "fail"],
        },
        # No bands are published for the other tracks: none is proposed until an authority fills them in.
        "bands": {},
        **_RULES[track](label_year),
    }


def advanced_defaults(label_year: int = 115) -> dict[str, Any]:
    """`defaults` of the track whose screens are known."""
    return defaults(Track.ADVANCED, label_year)


def _initial(year: int) -> dict[str, Any]:
    return {
        "regular_months": 0,
        "teaching_months": 0,
        "prerequisite_track": "",
        "prerequisite_hours": 0,
        "hours": [{"from": "2017-08-01", "to": None, "hours": 6}],
        "cohorts": [year, year - 1],
    }


def _advanced(year: int) -> dict[str, Any]:
    return {
        "regular_months": 36,
        "teaching_months": 36,
        "prerequisite_track": Track.INITIAL,
        "prerequisite_hours": 6,
        "hours": [
            {"from": "2019-07-01", "to": None, "hours": 18},
            {"from": "2018-07-01", "to": "2019-06-30", "hours": 15},
        ],
        # The year's own training and that of the two years before; an authority may list others.
        "cohorts": [year, year - 1, year - 2],
    }


def _mentor(year: int) -> dict[str, Any]:
    return {
        # 5 years in the table of 106; whether it still holds was not found.
        "regular_months": 60,
        "teaching_months": 60,
        "prerequisite_track": Track.ADVANCED,
        "prerequisite_hours": 0,
        "hours": [{"from": "2017-08-01", "to": None, "hours": 30}],
        # A year more than 進階, as the county whose three windows are known has it.
        "cohorts": [year, year - 1, year - 2, year - 3],
        # The sheet of 112 for ten items: 20-24, 25-34, 35-45 and, cut off, 46-50; the correction of 5 widens both ends.
        "bands": {
            "first": [
                {"from": 15, "to": 24, "verdict": "pass"},
                {"from": 25, "to": 34, "verdict": "minor"},
                {"from": 35, "to": 45, "verdict": "revise"},
                {"from": 46, "to": 55, "verdict": "fail"},
            ]
        },
    }


def _renewal(year: int) -> dict[str, Any]:
    return {
        "regular_months": 0,
        "teaching_months": 0,
        "prerequisite_track": Track.MENTOR,
        "prerequisite_hours": 0,
        # Years of certificates: renewal opens a year before the ten are over (109 to 100, 110 to 101, 112 to 103).
        "cohorts": [year - 9, year - 10],
    }


def _renewal_1(year: int) -> dict[str, Any]:
    return {**_renewal(year), "hours": [], "reviewed": False, "course_hours": 12}


def _renewal_2(year: int) -> dict[str, Any]:
    # The refresher course comes before the practices; its hours are not known.
    return {**_renewal(year), "hours": [{"from": f"{year + ROC - 1}-08-01", "to": None, "hours": 12}]}


_RULES = {
    Track.INITIAL: _initial,
    Track.ADVANCED: _advanced,
    Track.MENTOR: _mentor,
    Track.MENTOR_RENEWAL_1: _renewal_1,
    Track.MENTOR_RENEWAL_2: _renewal_2,
}
