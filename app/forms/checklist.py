"""What the 認證檢核表 of the tracks share: head, items to tick, signatures (FORMS.md section 3)."""

from flask_babel import lazy_gettext as _l

from app.forms.paper import Cell, Paper, Row, label, space

COLUMNS = (31, 28, 31, 28, 26, 26)
HEAD = (
    Row(
        (
            label(_l("教師姓名")),
            space(fill="%(teacher)s"),
            label(_l("服務學校")),
            space(cols=3, fill="%(county)s　%(school)s"),
        ),
        13,
    ),
    Row((label(_l("實際教學年資")), space(), label(_l("專長領域")), space(cols=3)), 13),
)
SIGNATURES = (
    (_l("同儕教師簽章："), _l("教師簽章：")),
    (_l("學校簽章 承辦人員："), _l("校長：")),
)
NOTE = _l("備註：以上檢核資料均須完成，始能逐項檢閱資料。")


def checklist(
    title: object, *items: object, head: tuple[Row, ...] = HEAD, height: int = 20, note: object = NOTE
) -> Paper:
    """One row for each prerequisite with its check box and room for a remark."""
    return Paper(
        title=title,
        columns=COLUMNS,
        rows=(
            *head,
            Row((label(_l("項目與說明"), cols=4), label(_l("檢核")), label(_l("備註"))), 10),
            *(Row((space(text, cols=4), Cell((_l("□ 已完成"),)), space()), height) for text in items),
        ),
        notes=(note,),
        signatures=SIGNATURES,
    )
