"""The process of one camera: its threads, its pipe, its heartbeat."""
