"""What can go wrong with a camera's source; the messages are sentences for people, without credentials."""


class SourceDown(Exception):
    """The source gives no pictures, for the reason in the message."""


class SourceEnded(SourceDown):
    """Every picture there was has been read: nothing is broken."""
