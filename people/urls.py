"""Addresses of people's pictures, of enrolment links, and of the page where invited users set their password."""

from django.urls import path

from people.accounts.invited import Invited
from people.rest import picture_views
from people.self_enrolling import pages

urlpatterns = [
    path("invited/<str:uidb64>/<str:token>/", Invited.as_view(), name="invited"),
    path("enrol/<str:secret>/", pages.link_page, name="enrol"),
    path("enrol/<str:secret>/agree/", pages.agree_page, name="enrol_agree"),
    path("enrol/<str:secret>/frame/", pages.frame_page, name="enrol_frame"),
    path("enrol/<str:secret>/pictures/", pages.pictures_page, name="enrol_pictures"),
    path("enrol/<str:secret>/withdraw/", pages.withdraw_page, name="enrol_withdraw"),
    path("kiosk/<str:secret>/", pages.kiosk_page, name="kiosk"),
    path("media/photos/<uuid:pk>/", picture_views.photo_image, name="photo_image"),
    path("media/photos/by-link/<str:token>", picture_views.linked_picture, name="linked_picture"),
    path("media/people/<uuid:person_id>/", picture_views.portrait, name="portrait"),
    path("media/photos/<uuid:pk>/crop/", picture_views.photo_crop, name="photo_crop"),
]
