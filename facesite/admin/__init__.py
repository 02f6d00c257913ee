"""What the admin's pages have in common: the menu, the first page, the box “Go to”; and the list of API tokens."""

from facesite.admin.tokens import TokenAdmin

__all__ = ["TokenAdmin"]
