"""The campaigns of the demo counties: what the tracks start from, and what the counties decided themselves."""

from datetime import timedelta
from typing import Any

from app.campaigns import service as campaigns
from app.campaigns.tracks import Track
from app.core import clock
from seed.demo_scenes import YEAR, Story, county
from seed.reference import defaults

# Nobody has published bands for these tracks: these are the demo counties' own, so that cases can be decided.
# They cover every sum of the sheet, the correction of five included.
_BANDS: dict[Track, dict[str, tuple[tuple[int, int, str], ...]]] = {
    Track.ADVANCED: {
        "first": ((1, 7, "pass"), (8, 10, "minor"), (11, 13, "revise"), (14, 20, "fail")),
        "second": ((1, 7, "pass"), (8, 10, "minor"), (11, 20, "fail")),
        "appeal": ((1, 10, "pass"), (11, 20, "fail")),
    },
    Track.MENTOR: {
        "first": ((15, 24, "pass"), (25, 34, "minor"), (35, 45, "revise"), (46, 55, "fail")),
        "second": ((15, 24, "pass"), (25, 34, "minor"), (35, 55, "fail")),
        "appeal": ((15, 34, "pass"), (35, 55, "fail")),
    },
    Track.MENTOR_RENEWAL_2: {
        "first": ((3, 9, "pass"), (10, 13, "minor"), (14, 18, "revise"), (19, 25, "fail")),
        "second": ((3, 9, "pass"), (10, 13, "minor"), (14, 25, "fail")),
        "appeal": ((3, 13, "pass"), (14, 25, "fail")),
    },
}
_BANDS[Track.INITIAL] = _BANDS[Track.ADVANCED]

_REVIEWED = {
    "apply_zh": "請先至個人資料確認服務年資、證號與研習時數。審查標準表之級距由本縣市教專中心訂定，"
    "與本梯次規則一併公告。",
    "apply_en": "Please check service, numbers and hours in your profile first. The score bands are this county's own "
    "and are announced with the rules of this campaign.",
}
_FORMAL = {
    "apply_zh": "本方式僅辦理形式審查；通過後請參加換證研習，研習時數登錄完成後統一發證。",
    "apply_en": "Only the papers are checked; afterwards you attend the renewal course, and certificates are issued "
    "together once its hours are recorded.",
}


def open_campaigns(story: Story) -> None:
    """Whatever is missing: all five tracks in 桃園, the advanced one in 連江 too."""
    wanted = [("桃園", track) for track in Track] + [("連江", Track.ADVANCED)]
    with story.day(-5):
        for short_name, track in wanted:
            if (short_name, track) not in story.campaign:
                story.campaign[short_name, track] = _open(story, short_name, track)


def _open(story: Story, short_name: str, track: Track) -> Any:
    rules = defaults(track, YEAR)
    bands = {
        round_: [{"from": low, "to": high, "verdict": verdict} for low, high, verdict in rows]
        for round_, rows in _BANDS.get(track, {}).items()
    }
    campaign = campaigns.create_campaign(
        None,
        **rules | {"bands": bands},
        county_id=county(short_name).id,
        track=track,
        label_year=YEAR,
        opens_at=story.start - timedelta(days=1),
        closes_at=clock.days_after(story.start, 100),
        texts=_REVIEWED if rules.get("reviewed", True) else _FORMAL,
    )
    campaigns.publish_campaign(None, campaign)
    return campaign
