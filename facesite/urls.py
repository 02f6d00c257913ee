"""All addresses of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

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
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("api/", include("facesite.api.urls")),
    path("admin/login/", AdminLogin.as_view()),  # before the admin's own, which keeps its name and is never reached
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    path("", include("streams.urls")),
]
