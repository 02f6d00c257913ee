"""Filters that say numbers of sightings in words."""

from django import template
from django.utils.translation import gettext

from streams import explanations
from streams.models import Sighting

register = template.Library()


@register.filter
def distance_words(sighting: Sighting) -> str:
    if sighting.withheld:
        return gettext("nobody whom you may see")
    return explanations.distance_words(sighting.distance, sighting.match_threshold)


@register.filter
def quality_words(quality: float) -> str:
    return explanations.quality_words(quality)
