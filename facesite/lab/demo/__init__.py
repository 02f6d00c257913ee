"""The demo of `make run`: portraits from the package index, a camera that shows them, people enrolled from them."""
