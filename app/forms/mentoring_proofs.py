"""教學輔導事項佐證資料: what proves the entries of 教學輔導事項資料, behind a signed list (FORMS.md section 10).

That proofs go with the form is published; the list is ours.
"""

from flask_babel import lazy_gettext as _l

from app.forms.base import UploadForm
from app.forms.checklist import HEAD
from app.forms.paper import Cell, Paper, Row, label, space


def _proof(text: object) -> Row:
    return Row((space(text, cols=4), Cell((_l("□ 已檢附"),)), space(_l("共____頁"))), 16)


PAPER = Paper(
    title=_l("教學輔導事項佐證資料"),
    columns=(31, 28, 31, 28, 26, 26),
    rows=(
        HEAD[0],
        Row((label(_l("佐證資料"), cols=4), label(_l("檢核")), label(_l("備註"))), 10),
        _proof(_l("輔導夥伴教師之派令、計畫或紀錄(含起迄日期)")),
        _proof(_l("A 研究或著作發表之證明")),
        _proof(_l("B 校際以上公開授課5次之證明")),
        _proof(_l("C 擔任召集人或負責人1年之聘書或證明")),
    ),
    notes=(_l("備註：本表為首頁，其後依序附上佐證資料，合併為一個 PDF 檔；僅附符合條件所需之項目。"),),
    signatures=((_l("教師簽章："), _l("學校簽章 承辦人員：")),),
)


class MentoringProofs(UploadForm):
    """Downloaded as a first page, the proofs behind it, uploaded as one PDF."""

    code = "mentoring-proofs"
    version = 1
    title = _l("教學輔導事項佐證資料")
    help = _l("The proofs of your mentoring work behind a signed list, as one PDF file.")
    paper = PAPER
