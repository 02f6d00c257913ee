"""Imports of a ZIP with many people's photos: each import is a job in a row that any worker can work through."""
