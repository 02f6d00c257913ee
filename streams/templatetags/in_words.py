"""Filters that say numbers of sightings in words."""

from django import template

from streams import explanations
from streams.models import Sighting

register = template.Library()


@register.filter
def distance_words(sighting: Sighting) -> str:
    return explanations.distance_words(sighting.distance, sighting.match_threshold)


@register.filter
def quality_words(quality: float) -> str:
    return explanations.quality_words(quality)
