"""What a backup or a restore refuses; `str()` of each is a sentence for people."""

from __future__ import annotations


class BackupError(Exception):
    """Nothing was made, and the site is as it was."""


class Refused(BackupError):
    """This site cannot take this backup: it is not empty, in use, older, or lacks the keys."""


class Damaged(BackupError):
    """The file is no backup, or not as it was written."""
