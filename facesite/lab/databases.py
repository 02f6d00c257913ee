"""Databases of their own for measurements, so that they neither see nor change the site's rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def own_database(called: str, *, keep: bool = False) -> Iterator[None]:
    """Makes a database on the site's server, as tests make theirs, and removes it whatever happens.

    `keep`: leaves it, and uses it as it is if it is there already, brought up to the newest migrations.
    """
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = called
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=keep)
