"""The admin's log where services write it: the admin then adds no second entry of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # a mixin at run time
    Base = object


class LoggedByServices(Base):
    """Mixed into a ModelAdmin, before it, all of whose writes go through services."""

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """By the service."""

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """By the service."""

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        """By the service."""
