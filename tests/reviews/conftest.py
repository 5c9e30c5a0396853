"""Shared fixtures."""

from app.cases.states import Verdict
from app.reviews import service
from app.reviews.queries import assignments, sheet_items
from tests import factories
from tests.worlds import there, together  # noqa: F401


def judge(row, levels, verdict=Verdict.PASS, **more):
    """Write and send one sheet: `levels` one for all items, or one for each."""
    items = [item.code for item in sheet_items(row.case.track)]
    levels = levels if isinstance(levels, tuple) else (levels,) * len(items)
    values = {"comments": {}, "remark": "說明", "verdict": verdict, "version": 0, **more}
    if values.get("correction"):
        values.setdefault("correction_reason", "事實清楚")
    service.save_sheet(row.reviewer, row, levels=dict(zip(items, levels, strict=True)), **values)
    return service.send_sheet(row.reviewer, row)


def judged(there, *sheets, case=None):  # noqa: F811
    """A case whose reviewers sent these sheets: (levels, verdict) or (levels, verdict, {more})."""
    case = case or factories.in_review(there)
    for row, (levels, verdict, *more) in zip(assignments(case, None), sheets, strict=True):
        judge(row, levels, verdict, **(more[0] if more else {}))
    return case
