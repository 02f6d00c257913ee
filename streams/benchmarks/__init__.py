"""How fast the camera pipeline is, measured on clips. Without Django: it runs in spawned processes."""
