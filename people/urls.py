"""Addresses of people's pictures."""

from django.urls import path

from people.rest import picture_views

urlpatterns = [
    path("media/photos/<uuid:pk>/", picture_views.photo_image, name="photo_image"),
    path("media/photos/by-link/<str:token>", picture_views.linked_picture, name="linked_picture"),
    path("media/photos/<uuid:pk>/crop/", picture_views.photo_crop, name="photo_crop"),
]
