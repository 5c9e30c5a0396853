"""The five tracks: what a certification is called, where it stands in the list, what its slots are."""

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
    """One track's names; `letter` is printed in certificate numbers (B is seen, A and C are assumed)."""

    track: Track
    title: object
    short: object
    subtitle: object
    letter: str


TRACKS = {
    info.track: info
    for info in (
        TrackInfo(Track.INITIAL, _l("初階專業回饋人才認證"), _l("初階認證"), "", "A"),
        TrackInfo(Track.ADVANCED, _l("進階專業回饋人才認證"), _l("進階認證"), "", "B"),
        TrackInfo(Track.MENTOR, _l("教學輔導教師認證"), _l("教學輔導教師認證"), "", "C"),
        TrackInfo(
            Track.MENTOR_RENEWAL_1,
            _l("教學輔導教師換證第一種方式"),
            _l("換證第一種方式"),
            _l("持有證書期間執行之服務事項符合換證要求"),
            "C",
        ),
        TrackInfo(
            Track.MENTOR_RENEWAL_2,
            _l("教學輔導教師換證第二種方式"),
            _l("換證第二種方式"),
            _l("參加研習後需執行4項專業實踐事項並申請審查"),
            "C",
        ),
    )
}


@dataclass(frozen=True)
class SlotInfo:
    """One place in the case's form list, in the order of filling."""

    code: str
    title: object


SLOTS = {
    slot.code: slot
    for slot in (
        SlotInfo("open-lesson-proof", _l("實施證明")),
        SlotInfo("community-proof", _l("社群參與證明")),
        SlotInfo("pre-observation", _l("觀察前會談紀錄表")),
        SlotInfo("observation", _l("觀察紀錄表")),
        SlotInfo("post-observation", _l("觀察後回饋會談紀錄表")),
        SlotInfo("checklist", _l("認證檢核表")),
        SlotInfo("appeal", _l("申復文件")),
    )
}
