"""A site with many cameras but without pictures, to measure its workers, Postgres and Valkey."""
