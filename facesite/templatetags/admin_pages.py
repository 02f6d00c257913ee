"""The menu of every page of the admin, and what its first page says."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from facesite.admin import first_page as first
from facesite.admin.menu import LIST_NAMES, MenuJob, menu

register = template.Library()


@register.simple_tag(takes_context=True)
def admin_menu(context: Context) -> tuple[MenuJob, ...]:
    """The jobs of which the user may see something."""
    request: Any = context["request"]
    return menu(context.get("available_apps") or [], request.user, request.path)


@register.filter
def list_name(opts: Any) -> str:
    """What the list of the model with these options is called on the menu."""
    return LIST_NAMES.get(f"{opts.app_label}.{opts.object_name}") or str(opts.verbose_name_plural).capitalize()


@register.simple_tag(takes_context=True)
def first_page(context: Context) -> first.FirstPage:
    request: Any = context["request"]
    return first.first_page(request.user)
