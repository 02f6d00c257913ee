"""Rights in words: "see people" for `people.view_person`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.utils.text import get_text_list

VERBS = {"view": "see"}
NOUNS = {
    "people.galleryversion": "the state of the gallery",
    "people.decisionthresholds": "thresholds",
    "people.enginechoice": "the choice of the engine",
    "people.personlimit": "limits to groups of people",
    "people.persongroup": "groups of people",
    "streams.camerastatus": "the state of cameras",
    "streams.cameralimit": "limits to groups of cameras",
    "streams.cameragroup": "groups of cameras",
    "streams.searchlog": "who searched by a face",
    "streams.identityedit": "who corrected what",
    "auth.group": "groups of users",
    "admin.logentry": "who did what",
}
"""Models that a right calls by other words than their own."""
# 3: a refusal is one sentence; whoever wants the whole list opens the group.
MOST_NAMED = 3


def in_words(right: str) -> str:
    """Returns what a right allows, to follow "may"; of an app that is no longer installed, its bare name."""
    return _words().get(right) or right.partition(".")[2].replace("_", " ")


def in_reading_order(rights: Iterable[str]) -> list[str]:
    """Returns the rights as people look for them: by what they are about, and seeing before changing."""
    order = list(_words())
    return sorted(rights, key=lambda right: order.index(right) if right in order else len(order))


def listed_in_words(rights: Iterable[str], most: int = MOST_NAMED) -> str:
    """Returns `most` of the rights, and how many more there are: "see people, add people and 4 more things"."""
    words = [in_words(right) for right in in_reading_order(rights)]
    more = len(words) - most
    rest = [f"{more} more {'thing' if more == 1 else 'things'}"] if more > 0 else []
    return get_text_list([*words[:most], *rest], "and")


@cache
def _words() -> dict[str, str]:
    words = {}
    for model in sorted(apps.get_models(), key=lambda model: (model._meta.app_label, str(model._meta.verbose_name))):
        app, noun = model._meta.app_label, NOUNS.get(model._meta.label_lower, model._meta.verbose_name_plural)
        for verb in sorted(model._meta.default_permissions, key=lambda verb: verb != "view"):
            words[f"{app}.{get_permission_codename(verb, model._meta)}"] = f"{VERBS.get(verb, verb)} {noun}"
        for codename, name in model._meta.permissions:
            words[f"{app}.{codename}"] = str(name).removeprefix("Can ")
    return words
