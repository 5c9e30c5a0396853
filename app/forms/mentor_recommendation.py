"""教學輔導教師推薦表: the school recommends in a public meeting (FORMS.md section 9, PROCESS.md 2.1).

Known: the title, the meeting, the principal's signature, and that all whom a school ever recommended are at
most half of its posts. The other fields are from memory. The form is typed, so that the share is worked out;
its PDF is signed and stays at the school, whose signatures on the 檢核表 stand for it here.
"""

import math
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form

from app.forms.base import OfficialForm, Section
from app.forms.derived_field import DerivedField
from app.forms.fields import DateField, IntField, LongTextField, TextField

# 累計推薦人數以不超過編制員額 50% 為限 (106 table); a campaign may say otherwise.
SHARE = 50


def _people(form: Form) -> tuple[int, int] | None:
    """(recommended in all, posts), when both are known."""
    counts = [form[name].data for name in ("recommended_before", "recommended_now", "staff")]
    if not all(isinstance(count, int) for count in counts) or not counts[2]:
        return None
    return counts[0] + counts[1], counts[2]


def _share(form: Form) -> str:
    known = _people(form)
    # Rounded up: a share over the limit never looks like the limit.
    return f"{math.ceil(known[0] * 1000 / known[1]) / 10:g} %" if known else ""


def _too_many(form: Form) -> str | None:
    known, limit = _people(form), form["limit"].data
    if known is None or not isinstance(limit, int) or known[0] * 100 <= limit * known[1]:
        return None
    return _(
        "With %(posts)s posts at most %(most)s people may be recommended in all, %(share)s %% of the staff; "
        "here it would be %(number)s.",
        posts=known[1],
        most=known[1] * limit // 100,
        share=limit,
        number=known[0],
    )


class MentorRecommendation(OfficialForm):
    """Whom the school recommends, why, and that the meeting and the share are in order."""

    code = "mentor-recommendation"
    version = 1
    title = _l("教學輔導教師推薦表")
    signatures = (_l("承辦人員："), _l("主任："), _l("校長："))
    sections = (
        Section(
            _l("一、受推薦教師"),
            ("teacher", "school", "regular_years", "teaching_years", "number", "experience"),
        ),
        Section(_l("二、推薦理由"), ("reason",)),
        Section(
            _l("三、公開會議"),
            ("meeting", "held_on", "present", "agreed", "principal"),
            note=_l("須經學校公開會議通過，並由校長簽章。"),
        ),
        Section(
            _l("四、累計推薦人數"),
            ("staff", "recommended_before", "recommended_now", "limit", "share"),
            note=_l("累計推薦人數以學校教師編制員額之一定比率為上限。"),
        ),
    )

    teacher = TextField(_l("教師姓名"), read_only=True, fill="%(teacher)s", cols=6)
    school = TextField(_l("服務學校"), read_only=True, fill="%(school)s", cols=6)
    regular_years = IntField(_l("正式教師年資(年)"), required=True, high=60)
    teaching_years = IntField(_l("實際教學年資(年)"), required=True, high=60)
    number = TextField(_l("進階證號"), required=True)
    experience = LongTextField(
        _l("專業發展與輔導經歷"), rows=4, hint=_l("例如擔任社群召集人、輔導實習學生、校內外研習講師。")
    )
    reason = LongTextField(_l("推薦理由"), required=True)
    meeting = TextField(_l("會議名稱"), required=True, cols=6)
    held_on = DateField(_l("會議日期"), required=True, cols=6)
    present = IntField(_l("出席人數"), required=True, low=1, high=9999)
    agreed = IntField(_l("同意人數"), required=True, high=9999)
    principal = TextField(_l("校長姓名"), required=True, person=True)
    staff = IntField(_l("教師編制員額"), required=True, low=1, high=9999)
    recommended_before = IntField(_l("已累計推薦人數(不含本次)"), required=True, high=9999)
    recommended_now = IntField(_l("本次推薦人數"), required=True, low=1, high=9999)
    limit = IntField(_l("累計推薦比率上限(百分比)"), read_only=True, default=SHARE, low=1, high=100, cols=6)
    share = DerivedField(_l("累計推薦比率"), of=_share, wrong=_too_many, cols=6)

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Keys: `observer` (the applicant's name), `school`, and `share`, the campaign's limit in percent."""
        self.teacher.process(None, context.get("observer", self.teacher.data))
        self.school.process(None, context.get("school", self.school.data))
        self.limit.process(None, context.get("share", self.limit.data))
