"""Addresses of people's pictures, and of the page where invited users set their password."""

from django.urls import path

from people.accounts.invited import Invited
from people.rest import picture_views

urlpatterns = [
    path("invited/<str:uidb64>/<str:token>/", Invited.as_view(), name="invited"),
    path("media/photos/<uuid:pk>/", picture_views.photo_image, name="photo_image"),
    path("media/photos/by-link/<str:token>", picture_views.linked_picture, name="linked_picture"),
    path("media/photos/<uuid:pk>/crop/", picture_views.photo_crop, name="photo_crop"),
]
