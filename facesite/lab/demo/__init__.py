"""The demo of `make run`: portraits from the package index, people enrolled from them, and a camera that shows them."""
