"""The worker's side: it runs cameras by leases, one child each, and publishes and records what the children report."""
