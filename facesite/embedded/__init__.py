"""Embedded mode: a database backend that starts its own Postgres (`make run`, tests), and site and worker in one."""
