"""What viewers are connected to: the sockets, the MJPEG stream, and who may see what."""
