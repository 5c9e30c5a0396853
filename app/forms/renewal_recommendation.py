"""教學輔導教師換證推薦檢核表: the school recommends and checks; the title is published, the items follow from
the conditions of the two ways (FORMS.md section 10).
"""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.checklist import HEAD, checklist
from app.forms.paper import Row, label, space

PAPER = checklist(
    _l("教學輔導教師換證推薦檢核表"),
    _l("1. 持有之教學輔導教師證書仍在有效期限內，證書影本已核對"),
    _l("2. 經學校公開會議推薦，會議日期：____年____月____日"),
    _l("3. 第一種方式：持有證書期間輔導2位教師各12週以上，或輔導1位教師12週以上並具A、B、C之一"),
    _l("4. 第二種方式：參加換證回流研習，研習日期：____年____月____日"),
    _l("5. 第二種方式：完成公開授課、專業回饋、專業學習社群、教學輔導4項專業實踐事項"),
    height=14,
    note=_l("備註：第1項、第2項均須完成；其餘依換證方式檢核。"),
    head=(
        HEAD[0],
        Row(
            (
                label(_l("教學輔導教師證號")),
                space(),
                label(_l("發證日期")),
                space(_l("民國____年____月____日"), cols=3),
            ),
            13,
        ),
        Row(
            (
                label(_l("換證方式")),
                space(_l("□ 第一種方式　□ 第二種方式"), cols=5),
            ),
            13,
        ),
    ),
)


class RenewalRecommendation(UploadForm):
    """Downloaded, signed by a colleague, the teacher and the school, uploaded as one PDF; for both ways."""

    code = "renewal-recommendation"
    version = 1
    title = _l("教學輔導教師換證推薦檢核表")
    help = _l("Recommendation of your school with the conditions of renewal, signed by you and your school.")
    paper = PAPER
