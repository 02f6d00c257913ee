"""The embedded Postgres of `make run` and the tests: a Django database backend that brings its own server."""
