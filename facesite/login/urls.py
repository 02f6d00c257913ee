"""Addresses of the login wing. Of django-allauth's pages only those named here exist: nobody signs up."""

from allauth.account import views as accounts
from django.urls import include, path, re_path

from facesite.login import single_sign_on, views
from facesite.login.password_reset import NewPasswordView, ResetByMailView

login = views.SiteLoginView.as_view()

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("account/", views.account, name="account"),
    path("account/inactive/", accounts.account_inactive, name="account_inactive"),
    path("account/confirm/", accounts.reauthenticate, name="account_reauthenticate"),
    path("account/password/", accounts.password_change, name="account_change_password"),
    path("account/password/reset/", ResetByMailView.as_view(), name="account_reset_password"),
    path("account/password/reset/sent/", accounts.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    # Two of our own, before those of django-allauth.
    path("account/second-factor/", views.SecondFactorView.as_view(), name="mfa_index"),
    path("account/second-factor/authenticate/", views.CodeView.as_view(), name="mfa_authenticate"),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/single-sign-on/", single_sign_on.start, name="single_sign_on"),
    path("account/single-sign-on/back/", single_sign_on.callback, name="single_sign_on_callback"),
    path("account/single-sign-on/cancelled/", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
    path("account/single-sign-on/end/", single_sign_on.disconnect, name="single_sign_on_end"),
    path("account/devices/", views.devices, name="usersessions_list"),
    # The names by which django-allauth knows the first two.
    path("login/", login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
]
