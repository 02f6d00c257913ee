"""The table of watchlists: named sets of people."""

from django.db import models

from people.records.person import Person


class Watchlist(models.Model):
    """A named set of people; sightings, searches and reports can be narrowed to it."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    people = models.ManyToManyField(Person, related_name="watchlists", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
