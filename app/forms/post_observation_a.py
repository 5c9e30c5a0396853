"""觀察後回饋會談紀錄表-甲: the talk after the lesson in four steps, facts to action (ORID; FORMS.md section 6)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.forms.after_lesson import AfterLesson
from app.forms.base import Section
from app.forms.fields import LongTextField
from app.forms.header import HEADER


class PostObservationA(AfterLesson):
    """The focus question, the facts, how both relate, what was learnt and what comes next."""

    code = "post-observation-a"
    version = 1
    title = _l("觀察後回饋會談紀錄表-甲")
    who = _l("觀課人員填寫")
    findings_at = "facts"
    sections = (
        HEADER,
        Section(_l("觀察焦點(問題)"), ("focus",)),
        Section(
            _l("一、觀察到的客觀事實(O)"),
            ("facts",),
            note=_l("觀課人員說出觀察到的教與學具體事實。"),
        ),
        Section(
            _l("二、事實與觀察焦點的關聯(R)"),
            ("relation",),
            note=_l("授課教師說明觀察到的事實與觀察焦點(問題)之間的關聯。"),
        ),
        Section(
            _l("三、對未來教學的學習與啟發(I)"),
            ("insight",),
            note=_l("授課教師與觀課人員分享對未來教學的學習與啟發。"),
        ),
        Section(
            _l("四、具體行動方案或下次觀察焦點(D)"),
            ("decision",),
            note=_l("授課教師提出具體行動方案，或下一次的觀察焦點。"),
        ),
    )

    focus = LongTextField(_l("觀察焦點(問題)"), rows=3)
    facts = LongTextField(_l("觀察到的客觀事實"), required=True, rows=8, facts=True)
    relation = LongTextField(_l("事實與觀察焦點的關聯"), required=True)
    insight = LongTextField(_l("對未來教學的學習與啟發"), required=True)
    decision = LongTextField(_l("具體行動方案或下次觀察焦點"), required=True)

    def prefill(self, context: Mapping[str, Any]) -> None:
        """Also takes `focus`: the focus question agreed before the lesson."""
        super().prefill(context)
        if self.is_new:
            self.focus.process(None, context.get("focus"))
