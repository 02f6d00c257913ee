"""Filters that say numbers of sightings in words."""

from django import template

from people.recognition.types import Verdict
from streams.records.sighting import Sighting
from streams.searching.sureness import WORDS
from streams.sightings import explanations
from streams.videos.moments import clock

register = template.Library()


@register.filter
def distance_words(sighting: Sighting) -> str:
    return explanations.words_of(sighting)


@register.filter
def sure_words(similarity: Verdict) -> str:
    return WORDS[similarity]


@register.filter
def limit_words(distance: float) -> str:
    return explanations.limit_words(distance)


@register.filter
def duration_words(seconds: float) -> str:
    """As a clock shows it: `1:05:09`; a day has up to 25 hours."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


@register.filter
def quality_words(quality: float) -> str:
    return explanations.quality_words(quality)


@register.filter
def video_clock(seconds: float | None) -> str:
    """Says a place in a video: `0:12:03`."""
    return clock(seconds or 0)
