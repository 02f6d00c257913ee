"""What an alert says: the rule's own text or a sentence of the site's, with placeholders filled in.

The row keeps the text with its placeholders, and the name comes from the person's row when it is read: so whoever
erases a person erases the name in alerts, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from streams.records.states import SUSPENDED_ENTRY, RuleKind

PLACEHOLDERS: dict[str, str] = {
    "who": "whom it is about",
    "camera": "the camera",
    "time": "the time of day",
    "day": "the day",
    "how_sure": "certain, likely or unknown",
    "count": "how many visits, or minutes",
    "rule": "the rule",
    "list": "the watchlist",
}
USUAL: dict[str, str] = {
    RuleKind.PERSON: "{who} at {camera}",
    RuleKind.WATCHLIST: "{who} at {camera}",
    RuleKind.ENROLLED: "{who} at {camera}",
    RuleKind.UNKNOWN: "An unknown person at {camera}",
    RuleKind.TO_REVIEW: "Perhaps {who} at {camera}",
    RuleKind.STRANGER_SEEN: "{who} at {camera}, for the {count}. time",
    RuleKind.CAMERA_DOWN: "{camera} has given no pictures for {count} min",
    RuleKind.NOBODY_CAME: "Not seen until {time}: {who}",
    SUSPENDED_ENTRY: "{who} raises no alerts by “{list}” any more: {count} of the latest were false",
}
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class BadText(ValueError):
    """The text has a placeholder that nothing fills in; its `str()` may be shown."""


def check_text(text: str) -> None:
    """Raises BadText."""
    for found in _BRACES.finditer(text):
        if found[1] is None:
            raise BadText(f"A brace is left alone after “{text[max(0, found.start() - 20) : found.start()]}”.")
        if found[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise BadText(f"Nothing fills in “{found[0]}”. There are {known}.")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with its placeholders replaced; one that is unknown stays as it is."""
    return _BRACES.sub(lambda found: values.get(found[1] or "", found[0]), text)
