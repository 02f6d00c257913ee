"""How a photo becomes an encoding: taken in, read by a child process, judged, recorded."""
