"""Uses of stored sightings: explanations, filters, CSV files, snapshots and retention."""
