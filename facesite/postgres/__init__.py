"""A Django database backend for Postgres whose statements can have a time limit."""
