"""Databases of their own for measurements, so that they neither see nor change the site's rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def own_database(called: str) -> Iterator[None]:
    """Makes a database on the site's server, as tests make theirs, and removes it whatever happens."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = called
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
