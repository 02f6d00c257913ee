"""Rights in words: "see people" for `people.view_person`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.utils.text import get_text_list

VERBS = {"view": "see"}
# 3: a refusal is one sentence; whoever wants the whole list opens the group.
MOST_NAMED = 3


def in_words(right: str) -> str:
    """Returns what a right allows, to follow "may"; of an app that is no longer installed, its bare name."""
    return _words().get(right) or right.partition(".")[2].replace("_", " ")


def listed_in_words(rights: Iterable[str], most: int = MOST_NAMED) -> str:
    """Returns `most` of the rights, and how many more there are: "see people, add people and 4 more things"."""
    words = sorted(in_words(right) for right in rights)
    more = len(words) - most
    rest = [f"{more} more {'thing' if more == 1 else 'things'}"] if more > 0 else []
    return get_text_list([*words[:most], *rest], "and")


@cache
def _words() -> dict[str, str]:
    words = {}
    for model in apps.get_models():
        app, plural = model._meta.app_label, model._meta.verbose_name_plural
        for verb in model._meta.default_permissions:
            words[f"{app}.{get_permission_codename(verb, model._meta)}"] = f"{VERBS.get(verb, verb)} {plural}"
        for codename, name in model._meta.permissions:
            words[f"{app}.{codename}"] = str(name).removeprefix("Can ")
    return words
