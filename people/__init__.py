"""People, their photos and the gallery that they form: usable without cameras."""
