"""The process of one camera, with its threads, its pipe and its heartbeat."""
