"""The admin of users: who may log in, what they may do and see, and their passwords, keys and token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django.contrib.auth.admin  # noqa: F401 - registers its own page, which this module replaces
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people.accounts.api_key import ApiKey
from people.accounts.changing_users import delete_user, revoke_token, save_user, set_active, set_password
from people.accounts.granting import what_is_beyond
from people.accounts.invitations import invitation_path
from people.accounts.limits import limit_kinds
from people.accounts.making_keys import revoke_key
from people.accounts.right_words import listed_in_words
from people.accounts.second_factors import forget_second_factors
from people.accounts.standing import rights_given_singly
from people.admin.governed import Governed, user_of
from people.admin.history import LoggedByServices
from people.admin.user_account import Account, last_login_in_words, seen_in_words
from people.admin.user_form import NewPasswordForm, form_for, sentence_of
from people.errors import StandsAbove

admin.site.unregister(User)

DAYS = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
LATER = "Leave both empty to get a link instead, with which the user sets a password that nobody else knows."
WHO = ["username", "first_name", "last_name", "email"]


@admin.register(User)
class UserAdmin(LoggedByServices, Governed):
    about = "Who may log in. Roles say what they may do; groups of people and cameras say whom and what they see."
    list_filter = ["is_active", "groups", "is_superuser"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    actions = ["deactivate", "activate"]

    class Media:
        css = {"all": ["people/admin.css", "people/users.css"]}

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        limits = (f"{kind}__group" for kind in limit_kinds())
        return super().get_queryset(request).prefetch_related("groups", *limits)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description="sees")
        def seen(user: User) -> SafeString:
            return seen_in_words(user, user_of(request))

        return ["username", "full_name", "role_names", seen, "state", "last_seen"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Users", **(extra_context or {})})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Removes Django's deletion of many at once: users are deactivated, which can be taken back."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Allows the filters of the list alone: others would reveal hashes, keys and hidden groups bit by bit."""
        return lookup.partition("__")[0] in self.list_filter and super().lookup_allowed(lookup, value, request)

    @admin.display(description="full name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="roles")
    def role_names(self, user: User) -> str:
        roles = ["superuser"] if user.is_superuser else []
        return ", ".join([*roles, *(group.name for group in user.groups.all())]) or "none"

    @admin.display(description="state", ordering="is_active")
    def state(self, user: User) -> str:
        return "active" if user.is_active else "deactivated"

    @admin.display(description="last login", ordering="last_login")
    def last_seen(self, user: User) -> str:
        return last_login_in_words(user)

    def _for_each(self, request: HttpRequest, users: QuerySet[User], *, is_active: bool) -> None:
        """Does to each user what it may, says why not of the others, and how many were done."""
        done = 0
        for user in users:
            with self.refusals_shown(request):
                set_active(user=user, is_active=is_active, by=user_of(request))
                done += 1
        if done:
            words = "activated" if is_active else "deactivated: they cannot log in, and nothing of theirs is lost"
            self.message_user(request, f"{done} {'user is' if done == 1 else 'users are'} {words}.", messages.SUCCESS)

    @admin.action(description="Deactivate selected users", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, is_active=False)

    @admin.action(description="Activate selected users", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._for_each(request, queryset, is_active=True)

    # One user

    def why_not(self, request: HttpRequest, obj: User) -> str:
        more = what_is_beyond(obj, request.user)
        return str(StandsAbove(obj.get_username(), more)) if more else ""

    def why_not_delete(self, request: HttpRequest, obj: User) -> str:
        if obj.pk == request.user.pk:
            return "You cannot delete yourself. Ask another administrator."
        if obj.is_active:
            return f"Deactivate {obj} first: that can be taken back, and deleting cannot."
        return self._known(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        return [
            (None, {"fields": WHO}),
            ("What this user may do and see", {"fields": self._powers(request, obj)}),
            *([] if obj else [("Password", {"fields": ["password1", "password2"], "description": LATER})]),
        ]

    def _powers(self, request: HttpRequest, obj: User | None) -> list[str]:
        if not self._may_empower(request, obj):
            return ["roles", "is_staff"]
        offered = form_for(user_of(request), obj).base_fields
        own = [name for name in (*limit_kinds(), "single_rights") if name in offered]
        return ["groups", *own, "is_staff", *(["is_superuser"] if request.user.is_superuser else [])]

    def _may_empower(self, request: HttpRequest, obj: User | None) -> bool:
        """Returns whether the user of `request` may change what `obj` may do: nobody does so for themselves."""
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj) and obj.pk != request.user.pk

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["roles"] if self._may_empower(request, obj) else ["roles", "is_staff"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any) -> Any:
        """Removes every field that is not on the page: a forged form then changes nothing that it does not show."""
        made = form_for(user_of(request), obj)
        form: Any = super().get_form(request, obj, change=change, **{**options, "form": made})
        shown = {name for _, fieldset in self.get_fieldsets(request, obj) for name in fieldset["fields"]}
        for name in set(form.base_fields) - shown:
            del form.base_fields[name]
        return form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **rest: Any) -> Any:
        if user := context["original"]:
            may = self.has_change_permission(request, user)
            context["account"] = Account(user, user_of(request), may)
            context["is_own"] = user.pk == request.user.pk
        return super().render_change_form(request, context, *args, **rest)

    @admin.display(description="roles")
    def roles(self, user: User) -> SafeString:
        powers = [("superuser", "May do everything.")] if user.is_superuser else []
        powers += [(group.name, sentence_of(group)) for group in user.groups.all()]
        if single := rights_given_singly(user):
            powers.append(("single rights", f"May {listed_in_words(single, most=len(single))}."))
        html = '<p class="role"><strong>{}</strong> <span class="role-may">{}</span></p>'
        return format_html_join("", html, powers or [("none", "May do nothing but log in.")])

    # Writing

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        chosen = form.cleaned_data
        if not change:
            obj.set_password(chosen["password1"] or None)  # None: unusable, until the user sets one
        save_user(
            user=obj,
            by=user_of(request),
            groups=chosen.get("groups"),
            single_rights=chosen.get("single_rights"),
            sees=form.sees(),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Does nothing: save_model has saved the user with everything that belongs to it, in one transaction."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_user(user=obj, by=user_of(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names the users and gives numbers of what goes with them: Django's page lists each line of the history."""
        _rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return [str(user) for user in objs], counts, lacking, protected

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Shows a link if no password was typed, and else the user, where the keys and the rest can be seen."""
        if not obj.has_usable_password():
            return self._link_page(request, obj)
        return super().response_add(request, obj, post_url_continue)

    # What buttons do

    def extra_pages(self) -> list[tuple[str, Callable[..., HttpResponseBase], str]]:
        return [
            ("<int:pk>/password/", self.password_view, "password_change"),
            ("<int:pk>/link/", self.link_view, "link"),
            ("<int:pk>/activate/", self.activate_view, "activate"),
            ("<int:pk>/deactivate/", self.deactivate_view, "deactivate"),
            ("<int:pk>/token/revoke/", self.revoke_token_view, "revoke_token"),
            ("<int:pk>/second-factor/remove/", self.remove_second_factor_view, "remove_second_factor"),
            ("<int:pk>/keys/<int:key>/revoke/", self.revoke_key_view, "revoke_key"),
        ]

    @method_decorator(sensitive_post_parameters())
    def password_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Gives another user a new password. One's own is changed where the old one is asked for."""
        if pk == request.user.pk:
            return redirect("admin:password_change")
        user: User = self.governed_row(request, pk)
        form = NewPasswordForm(user, request.POST if request.method == "POST" else None)
        if form.is_valid():
            with self.refusals_shown(
                request, done=f"{user} has a new password. Older logins and the token have ended."
            ):
                set_password(user=user, password=form.cleaned_data["password1"], by=user_of(request))
            return redirect("admin:auth_user_change", pk)
        return self.page(
            request, "admin/auth/user/password.html", title=f"New password for {user}", form=form, who=user
        )

    @method_decorator(require_POST)
    def link_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        if user.is_active:
            return self._link_page(request, user)
        self.message_user(request, f"{user} is deactivated. Activate the user first.", messages.ERROR)
        return redirect("admin:auth_user_change", pk)

    def _link_page(self, request: HttpRequest, user: User) -> HttpResponse:
        """Returns the only page that shows the link. A message would leave it in a cookie."""
        link = request.build_absolute_uri(invitation_path(user))
        page = self.page(request, "admin/auth/user/link.html", title=f"Link for {user}", link=link, who=user, days=DAYS)
        page["Cache-Control"] = "no-store"
        return page

    @method_decorator(require_POST)
    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        with self.refusals_shown(request, done=f"{user} can log in again."):
            set_active(user=user, is_active=True, by=user_of(request))
        return redirect("admin:auth_user_change", pk)

    @method_decorator(require_POST)
    def deactivate_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        done = f"{user} cannot log in any more, nor can their keys and token. Press Activate to undo this."
        with self.refusals_shown(request, done=done):
            set_active(user=user, is_active=False, by=user_of(request))
        return redirect("admin:auth_user_change", pk)

    @method_decorator(require_POST)
    def revoke_token_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        with self.refusals_shown(request, done=f"The token of {user} does not work any more."):
            revoke_token(user=user, by=user_of(request))
        return redirect("admin:auth_user_change", pk)

    @method_decorator(require_POST)
    def remove_second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        with self.refusals_shown(request, done=f"{user} logs in with the password alone from now on."):
            forget_second_factors(user=user, by=user_of(request))
        return redirect("admin:auth_user_change", pk)

    @method_decorator(require_POST)
    def revoke_key_view(self, request: HttpRequest, pk: int, key: int) -> HttpResponseBase:
        user: User = self.governed_row(request, pk)
        if not request.user.has_perm("people.change_apikey"):
            raise PermissionDenied
        found = get_object_or_404(ApiKey, pk=key, owner=user)
        with self.refusals_shown(request, done=f"The API key {found.name} does not work any more."):
            revoke_key(key=found, by=user_of(request))
        return redirect("admin:auth_user_change", pk)
