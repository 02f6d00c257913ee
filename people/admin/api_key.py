"""The admin of API keys: users make, rename, watch and revoke them, and see each key once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from people.accounts.api_key import ApiKey
from people.accounts.granting import governed, what_is_beyond
from people.accounts.limits import limit_kinds, limits_of
from people.accounts.making_keys import make_key, revoke_key
from people.admin.api_key_form import form_for
from people.admin.governed import Governed, user_of
from people.errors import StandsAbove


@admin.register(ApiKey)
class ApiKeyAdmin(Governed):
    about = "Other systems call the API with a key. It has only the scopes that you give it, and is shown once."
    list_display = ["name", "start", "owner", "scope_names", "limited_to", "state", "last_used_at", "expires_at"]
    list_filter = ["revoked_at", "last_used_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "prefix", "owner__username"]
    ordering = ["-created_at", "-id"]
    actions = ["revoke"]
    made_fields = [
        "start",
        "owner",
        "scope_names",
        "limited_to",
        "expires_at",
        "revoked_at",
        "last_used_at",
        "created_at",
    ]

    def why_not(self, request: HttpRequest, obj: ApiKey) -> str:
        more = what_is_beyond(obj.owner, request.user)
        return str(StandsAbove(f"this key of {obj.owner}", more)) if more else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return _with_limits(super().get_queryset(request), request.user)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        return ["name", *self.made_fields] if obj else [*form_for(request.user).base_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        return self.made_fields if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **options)
        return super().get_form(request, obj, change=change, form=form_for(request.user), **options)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            with governed(obj.owner, by=user_of(request)):
                obj.save(update_fields=["name"])
            return
        made, text = make_key(
            name=obj.name,
            scopes=form.cleaned_data["scopes"],
            by=user_of(request),
            expires_at=obj.expires_at,
            groups=form.groups(),
        )
        obj.pk, obj.prefix = made.pk, made.prefix
        request.made_key = text  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """Returns the only page that shows the key. A message would leave the key in a cookie."""
        page = self.page(
            request,
            "admin/people/api_key_made.html",
            title="API key made",
            key=obj,
            text=request.made_key,  # type: ignore[attr-defined]
        )
        page["Cache-Control"] = "no-store"
        return page

    @admin.action(description="Revoke selected keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        revoked = 0
        for key in queryset:
            with self.refusals_shown(request):
                revoke_key(key=key, by=user_of(request))
                revoked += 1
        if revoked:
            words = "1 key does" if revoked == 1 else f"{revoked} keys do"
            self.message_user(request, f"{words} not work any more.", messages.SUCCESS)

    @admin.display(description="key", ordering="prefix")
    def start(self, key: ApiKey) -> SafeString:
        return format_html("<code>{}…</code>", key.prefix)

    @admin.display(description="scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(scope.replace("_", " ") for scope in key.scopes)

    @admin.display(description="limited to")
    def limited_to(self, key: ApiKey) -> str:
        """Returns the groups of the key's own limits; its owner's limits apply too.

        Counts groups that do not exist for the user, whose names say something of people and cameras beyond the limits.
        """
        shown = [limit for name in limit_kinds() for limit in getattr(key, f"shown_{name}")]
        hidden = sum(getattr(key, f"{name}_count") for name in limit_kinds()) - len(shown)
        others = f"{hidden} other group{'' if hidden == 1 else 's'}"
        return ", ".join([*(str(limit.group) for limit in shown), *([others] if hidden else [])])

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        return key.state


def _with_limits(keys: QuerySet[ApiKey], user: Any) -> QuerySet[ApiKey]:
    """Adds to each key its limits to groups that exist for `user`, and the number of all its limits, of each kind."""
    for name, kind in limit_kinds().items():
        rows = kind._default_manager.select_related("group")
        if limits := limits_of(user, kind):
            rows = rows.filter(group__in=frozenset[int]().union(*limits))
        keys = keys.prefetch_related(Prefetch(name, rows, to_attr=f"shown_{name}"))
        keys = keys.annotate(**{f"{name}_count": Count(name, distinct=True)})
    return keys
