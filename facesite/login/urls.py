"""Addresses of the login wing. Of django-allauth's pages only those named here exist: nobody signs up."""

from allauth.account import views as accounts
from django.urls import include, path

from facesite.login import views

login = views.SiteLoginView.as_view()

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("account/", views.account, name="account"),
    path("account/inactive/", accounts.account_inactive, name="account_inactive"),
    path("account/confirm/", accounts.reauthenticate, name="account_reauthenticate"),
    path("account/password/", accounts.password_change, name="account_change_password"),
    # Two of our own, before those of django-allauth.
    path("account/second-factor/", views.SecondFactorView.as_view(), name="mfa_index"),
    path("account/second-factor/authenticate/", views.CodeView.as_view(), name="mfa_authenticate"),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/devices/", views.devices, name="usersessions_list"),
    # The names by which django-allauth knows the first two.
    path("login/", login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
]
