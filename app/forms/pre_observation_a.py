"""觀察前會談紀錄表-甲: the talk before the lesson, led by the teacher who will be observed."""

from flask_babel import lazy_gettext as _l

from app.forms.base import Section
from app.forms.fields import ChoiceField, DateField, LongTextField, TextField
from app.forms.header import HEADER, PlannedObservation


class PreObservationA(PlannedObservation):
    """Context of the lesson, focus question, tools, arrangements, and the two dates that follow."""

    code = "pre-observation-a"
    version = 1
    title = _l("觀察前會談紀錄表-甲")
    who = _l("觀課人員填寫")
    sections = (
        HEADER,
        Section(_l("一、課程脈絡"), ("course_context",)),
        Section(_l("二、觀察焦點(問題)與觀察工具"), ("focus", "tool")),
        Section(
            _l("三、觀課的相關配合事宜"),
            ("role", "participation", "position", "recording", "recording_use", "other"),
        ),
        Section(
            _l("四、公開授課與回饋會談"),
            ("lesson_on", "lesson_place", "feedback_on", "feedback_place"),
        ),
    )

    held_on = DateField(_l("觀察前會談(備課)日期"), required=True, cols=6)
    course_context = LongTextField(
        _l("課程脈絡"),
        required=True,
        rows=10,
        hint=(
            _l("可包含："),
            _l("(一)學習目標：含核心素養、學習表現與學習內容"),
            _l("(二)學生經驗：含學生先備知識、起點行為、學生特性等"),
            _l("(三)教師教學預定流程與策略"),
            _l("(四)學生學習策略或方法"),
            _l("(五)教學評量方式"),
        ),
    )
    focus = LongTextField(_l("觀察焦點(問題)"), required=True, rows=4)
    tool = LongTextField(_l("觀察工具"), required=True, rows=2)
    role = ChoiceField(
        _l("觀課人員的參與"),
        options=(("none", _l("完全觀課")), ("partial", _l("有部分的參與")), ("full", _l("完全參與"))),
        cols=12,
    )
    participation = TextField(_l("部分參與的內容"), required=True, cols=12, show_if=("role", "partial"))
    position = ChoiceField(
        _l("觀課人員的位置"),
        options=(("front", _l("教室前方")), ("middle", _l("教室中間")), ("back", _l("教室後方"))),
        cols=12,
    )
    recording = ChoiceField(
        _l("拍照或錄影"),
        options=(
            ("none", _l("皆無")),
            ("both", _l("皆有")),
            ("video", _l("只錄影")),
            ("photo", _l("只拍照")),
        ),
        cols=12,
    )
    recording_use = TextField(_l("拍照或錄影的用途說明"), cols=12)
    other = LongTextField(_l("其他"), rows=3)
