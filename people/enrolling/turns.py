"""Lets one photo at a time be judged and recorded, by whatever process."""

from django.db import connection


def one_at_a_time() -> None:
    """Holds other recordings back until this transaction ends.

    Otherwise one face that two workers add to two people at once would pass the cross-check of both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('people.enrolling.enrolment'))")
