"""How a worker runs its cameras: leases, children, and what becomes of what they say."""
