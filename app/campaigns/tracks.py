"""The five tracks: what a certification is called and asks for, and what the slots of a case are."""

import re
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Track(StrEnum):
    INITIAL = "initial"
    ADVANCED = "advanced"
    MENTOR = "mentor"
    MENTOR_RENEWAL_1 = "mentor-renewal-1"
    MENTOR_RENEWAL_2 = "mentor-renewal-2"


@dataclass(frozen=True)
class TrackInfo:
    """One track. `letter` is printed in certificate numbers (B is seen, A and C are assumed); `sheet` titles
    the reviewer's standard, which rates `items` documents; `held` is what other tracks ask for when they
    ask for this certificate, `gives` the kind it counts as; `who` may apply: serving regular teachers and
    the identities `also`; `years` after which the certificate is void."""

    track: Track
    title: object
    short: object
    subtitle: object
    letter: str
    sheet: object
    items: int
    held: object
    gives: Track
    who: object = _l("現職正式教師")
    also: tuple[str, ...] = ()
    years: int | None = None

    @property
    def renews(self) -> bool:
        """Asks for the certificate that it gives."""
        return self.gives is not self.track


_MENTOR_HELD = _l("教學輔導教師證書")
_T = Track

TRACKS = {
    info.track: info
    for info in (
        TrackInfo(
            _T.INITIAL,
            _l("初階專業回饋人才認證"),
            _l("初階認證"),
            "",
            "A",
            sheet=_l("初階審查標準表"),
            items=3,
            held=_l("初階證號"),
            gives=_T.INITIAL,
            # 任教中小學之教師, 合格教師證書 (PROCESS.md 2.1): unlike the others it does not say 正式.
            who=_l("任教中小學之合格教師"),
            also=("acting",),
        ),
        TrackInfo(
            _T.ADVANCED,
            _l("進階專業回饋人才認證"),
            _l("進階認證"),
            "",
            "B",
            sheet=_l("進階審查標準表"),
            items=3,
            held=_l("進階證號"),
            gives=_T.ADVANCED,
        ),
        TrackInfo(
            _T.MENTOR,
            _l("教學輔導教師認證"),
            _l("教學輔導教師認證"),
            "",
            "C",
            sheet=_l("教學輔導教師審查標準表"),
            items=10,
            held=_MENTOR_HELD,
            gives=_T.MENTOR,
            years=10,
        ),
        TrackInfo(
            _T.MENTOR_RENEWAL_1,
            _l("教學輔導教師換證第一種方式"),
            _l("換證第一種方式"),
            _l("持有證書期間執行之服務事項符合換證要求"),
            "C",
            sheet=_l("換證審查標準表"),
            items=0,
            held=_MENTOR_HELD,
            gives=_T.MENTOR,
            who=_l("現職正式教師或校長"),
            also=("principal",),
            years=10,
        ),
        TrackInfo(
            _T.MENTOR_RENEWAL_2,
            _l("教學輔導教師換證第二種方式"),
            _l("換證第二種方式"),
            _l("參加研習後需執行4項專業實踐事項並申請審查"),
            "C",
            sheet=_l("換證審查標準表"),
            items=4,
            held=_MENTOR_HELD,
            gives=_T.MENTOR,
            who=_l("現職正式教師或校長"),
            also=("principal",),
            years=10,
        ),
    )
}


@dataclass(frozen=True)
class SlotInfo:
    """One place in a case's form list, in the order of filling; the forms of one `cycle` belong to one lesson."""

    code: str
    title: object
    cycle: int = 0


SLOTS = {
    slot.code: slot
    for slot in (
        SlotInfo("mentor-recommendation", _l("推薦表")),
        SlotInfo("renewal-recommendation", _l("推薦檢核表")),
        SlotInfo("mentoring-evidence", _l("教學輔導事項資料")),
        SlotInfo("mentoring-proofs", _l("教學輔導事項佐證資料")),
        SlotInfo("open-lesson-proof", _l("實施證明")),
        SlotInfo("community-proof", _l("社群參與證明")),
        SlotInfo("pre-observation", _l("觀察前會談紀錄表")),
        SlotInfo("observation", _l("觀察紀錄表")),
        SlotInfo("post-observation", _l("觀察後回饋會談紀錄表")),
        SlotInfo("pre-observation-1", _l("第一次 表1 觀察前會談紀錄表"), cycle=1),
        SlotInfo("observation-1", _l("第一次 表2 觀察紀錄表"), cycle=1),
        SlotInfo("post-observation-1", _l("第一次 表3 觀察後回饋會談紀錄表"), cycle=1),
        SlotInfo("pre-observation-2", _l("第二次 表1 觀察前會談紀錄表"), cycle=2),
        SlotInfo("observation-2", _l("第二次 表2 觀察紀錄表"), cycle=2),
        SlotInfo("post-observation-2", _l("第二次 表3 觀察後回饋會談紀錄表"), cycle=2),
        SlotInfo("mentoring-plan", _l("表4-1 輔導計畫")),
        SlotInfo("mentoring-log", _l("平時輔導紀錄表")),
        SlotInfo("mentoring-log-1", _l("表4-2 平時輔導紀錄表(一)")),
        SlotInfo("mentoring-log-2", _l("表4-2 平時輔導紀錄表(二)")),
        SlotInfo("mentoring-case", _l("表4-3 輔導案例紀錄表")),
        SlotInfo("checklist", _l("認證檢核表")),
        SlotInfo("appeal", _l("申復文件")),
    )
}

# What the forms of one observed lesson are called together.
CYCLES = {1: _l("第一次觀察"), 2: _l("第二次觀察")}

_NUMBER = re.compile(r"-\d+$")


def slot_kind(code: str) -> str:
    """What a slot is for, whichever of several it is: observation-2 is an observation."""
    return _NUMBER.sub("", code)
