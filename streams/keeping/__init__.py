"""The schedule of keeping: what enforces it, what is due, and its page, sign, public page and API."""
