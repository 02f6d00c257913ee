"""Addresses of people's pictures."""

from django.urls import path

from people import views

urlpatterns = [
    path("media/photos/<uuid:pk>/", views.photo_image, name="photo_image"),
    path("media/photos/by-link/<str:token>", views.linked_picture, name="linked_picture"),
    path("media/photos/<uuid:pk>/crop/", views.photo_crop, name="photo_crop"),
]
