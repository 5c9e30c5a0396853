"""觀察後回饋會談紀錄表-乙: what the talk after the lesson brought, and the plan for growth."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.forms.after_lesson import AfterLesson
from app.forms.base import Section
from app.forms.fields import ChoiceField, DateField, LongTextField, TextField
from app.forms.header import HEADER
from app.forms.repeat_field import RepeatField, RowForm


class GrowthPlanRow(RowForm):
    """One thing the teacher means to work on, how, with whom and until when."""

    indicator = TextField(_l("成長指標"), required=True, cols=6)
    method = ChoiceField(
        _l("成長方式"),
        look="select",
        required=True,
        cols=6,
        options=(
            ("reading", _l("研讀書籍")),
            ("course", _l("參加研習")),
            ("video", _l("觀看教學錄影帶")),
            ("advice", _l("諮詢資深教師")),
            ("community", _l("參加學習社群")),
            ("retry", _l("重新試驗教學")),
            ("other", _l("其他")),
        ),
    )
    method_other = TextField(_l("其他成長方式"), required=True, cols=12, show_if=("method", "other"))
    content = LongTextField(_l("內容概要說明"), rows=3, limit=1000)
    partner = TextField(_l("協助或合作人員"), person=True, cols=6)
    due = DateField(_l("預計完成日期"), cols=6)


class PostObservationB(AfterLesson):
    """Strengths, what to change, the growth plan of the teacher, and what the observer learnt."""

    code = "post-observation-b"
    version = 1
    title = _l("觀察後回饋會談紀錄表-乙")
    who = _l("觀課人員填寫")
    sections = (
        HEADER,
        Section(
            _l("一、教與學之優點及特色"),
            ("strengths",),
            note=_l("請依據教學觀察工具之紀錄分析內容，與授課教師討論後填寫："),
        ),
        Section(_l("二、教與學待調整或改變之處"), ("to_change",)),
        Section(_l("三、授課教師預定專業成長計畫"), ("growth_plan",)),
        Section(_l("四、回饋人員的學習與收穫"), ("learnt",)),
    )

    findings_at = "strengths"

    teacher = TextField(_l("授課教師"), required=True, person=True)
    strengths = LongTextField(
        _l("教與學之優點及特色"),
        required=True,
        hint=_l("(含教師教學行為、學生學習表現、師生互動與學生同儕互動之情形)"),
    )
    to_change = LongTextField(
        _l("教與學待調整或改變之處"),
        required=True,
        hint=_l("(含教師教學行為、學生學習表現、師生互動與學生同儕互動之情形)"),
    )
    growth_plan = RepeatField(GrowthPlanRow, _l("專業成長計畫"), add_label=_l("Add a goal"))
    learnt = LongTextField(_l("回饋人員的學習與收穫"), required=True)

    def prefill(self, context: Mapping[str, Any]) -> None:
        """The rows of an observation record made with a rubric become the choices of the growth plan; those
        rated 待成長 start a new plan.
        """
        super().prefill(context)
        observation = context.get("observation")
        if observation is None or not hasattr(observation, "indicators"):
            return
        weak = observation.to_grow()
        if weak:
            self.growth_plan.hints = (
                _("Rated as still to grow in the observation record:"),
                *(wording for _text, wording in weak),
            )
        if self.is_new and weak:
            self.growth_plan.process(None, [{"indicator": text} for text, _wording in weak])
        self.growth_plan.suggestions["indicator"] = observation.indicators()
