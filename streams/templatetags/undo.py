"""The Undo button of a message that says what an edit did."""

from django import template
from django.contrib.messages.storage.base import Message

register = template.Library()
MARK = "undo-"


@register.filter
def edit_to_undo(message: Message) -> str:
    """Returns the id of the edit that the message is about; "" for other messages."""
    tags = message.extra_tags or ""
    return tags.removeprefix(MARK) if tags.startswith(MARK) else ""
