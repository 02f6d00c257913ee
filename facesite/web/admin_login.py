"""Admin's own login page, led to the site's: one page, one look, one place where attempts are counted."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache


@method_decorator([login_not_required, never_cache], name="dispatch")
class AdminLogin(RedirectURLMixin, View):
    """Leads everybody on to where they can get in; a name and a password that are sent here are not looked at."""

    next_page = "admin:index"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        wanted = self.get_success_url()  # never another site's
        if admin.site.has_permission(request):
            return HttpResponseRedirect(wanted if _is_of_the_admin(wanted) else reverse("admin:index"))
        if request.user.is_authenticated:
            # Not to the login page: it would send them back here, and so on.
            raise PermissionDenied(
                f"You are logged in as {request.user.get_username()}, who may not use the admin. Log out and come back "
                "as somebody who may, or ask somebody who runs the site to let you in."
            )
        return redirect_to_login(wanted)


def _is_of_the_admin(wanted: str) -> bool:
    """Returns whether `wanted` is a page of the admin. A redirect to a picture would tell other sites who is logged in:
    an <img> of this address would show it or not."""
    return wanted.startswith(reverse("admin:index")) and ".." not in wanted
