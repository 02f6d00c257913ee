"""Cameras that this machine plays itself, over RTSP, for measurements: what they send, and what comes of it."""
