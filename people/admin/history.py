"""A mixin for admins whose services write the log, so that the admin adds no second entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # a mixin at run time
    Base = object


class LoggedByServices(Base):
    """Mixin for a ModelAdmin that writes only through services; put it first among the bases."""

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """Does nothing: the service has logged it."""

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """Does nothing: the service has logged it."""

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        """Does nothing: the service logs it."""
