"""Django's default cache, one connection pool for the whole process.

`django.core.cache.cache` makes a new backend, with Redis a new pool of connections, in every thread's context;
pictures are read and written many times a second from threads that come and go.
"""

from functools import cache

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache


@cache
def shared_cache() -> BaseCache:
    """The backend named "default"; in local memory it holds the same entries as Django's own."""
    backend: BaseCache = caches.create_connection("default")
    return backend
