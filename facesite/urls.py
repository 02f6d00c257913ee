"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from facesite.admin.going import go_to
from facesite.monitoring import health
from facesite.monitoring.metrics import metrics
from facesite.web.admin_login import AdminLogin

handler400 = "facesite.web.error_pages.bad_request"
handler403 = "facesite.web.error_pages.forbidden"
handler404 = "facesite.web.error_pages.not_found"
handler500 = "facesite.web.error_pages.fault"

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", metrics),
    path("", include("facesite.login.urls")),
    path("api/", include("facesite.api.urls")),
    path("admin/login/", AdminLogin.as_view()),  # before the admin's own, which keeps its name and is never reached
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/go/", admin.site.admin_view(go_to), name="go_to"),
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    path("", include("streams.urls")),
]
