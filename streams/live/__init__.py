"""The viewer's side: the sockets, the MJPEG stream, and what each viewer may see on them."""
