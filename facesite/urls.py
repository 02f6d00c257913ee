"""Every address of the site."""

from django.contrib import admin
from django.urls import path

from facesite import health

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
]
