"""A rule as a sentence: "A warning when an unknown person is seen at Hall, outside of Mon-Fri 08:00-18:00."."""

from __future__ import annotations

from typing import Any

from django.utils.text import get_text_list

from streams.records.rule import Rule
from streams.records.states import Certainty, RuleKind

KINDS: dict[str, str] = {
    RuleKind.PERSON: "{whom} is seen",
    RuleKind.WATCHLIST: "somebody on the list “{whom}” is seen",
    RuleKind.ENROLLED: "anybody enrolled is seen",
    RuleKind.UNKNOWN: "an unknown person is seen",
    RuleKind.TO_REVIEW: "somebody is seen who is only likely",
    RuleKind.STRANGER_SEEN: "a stranger comes for the {times}. time or more",
    RuleKind.CAMERA_DOWN: "a camera gives no pictures for {minutes} min",
    RuleKind.NOBODY_CAME: "{whom} was not seen",
}
NAMED = (RuleKind.PERSON, RuleKind.WATCHLIST, RuleKind.ENROLLED)


def sentence(rule: Rule, reader: Any) -> str:
    """Returns the rule in words; a watchlist is named only to a `reader` who may see watchlists.

    It reads person, watchlist, cameras, groups and channels: select and prefetch them for a list of rules.
    """
    seen = _seen(rule, reader)
    likely = ", certain or likely" if rule.kind in NAMED and rule.certainty == Certainty.LIKELY else ""
    parts = [f"{seen}{likely} {_where(rule)}".strip(), *filter(None, [_when(rule)])]
    return f"{_article(rule)} when {', '.join(parts)}.{_told(rule)}"


def _seen(rule: Rule, reader: Any) -> str:
    words = KINDS[rule.kind].replace("{times}", str(rule.times)).replace("{minutes}", str(rule.minutes))
    if rule.watchlist_id and not reader.has_perm("people.view_watchlist"):
        return words.replace("the list “{whom}”", "a watchlist").replace("{whom}", "somebody on a watchlist")
    whom = str(rule.person or rule.watchlist or "somebody who was deleted")
    return words.replace("{whom}", whom)


def _article(rule: Rule) -> str:
    return {"info": "Information", "warning": "A warning", "alarm": "An alarm"}[rule.severity]


def _where(rule: Rule) -> str:
    if rule.everywhere:
        return "" if rule.kind in (RuleKind.CAMERA_DOWN, RuleKind.NOBODY_CAME) else "at any camera"
    places = [str(camera) for camera in rule.cameras.all()]
    places += [f"the group “{group}”" for group in rule.camera_groups.all()]
    return f"at {get_text_list(places, 'or')}" if places else "at no camera"


def _when(rule: Rule) -> str:
    hours = rule.hours and f"{'outside of' if rule.outside_hours else 'within'} {rule.hours}"
    return f"{hours or 'at any time'}, except on some days" if rule.exceptions else hours


def _told(rule: Rule) -> str:
    channels = [str(channel) for channel in rule.channels.all()]
    told = f" Told by {get_text_list(channels, 'and')}." if channels else ""
    return f"{told} Two people decide." if rule.two_people else told
