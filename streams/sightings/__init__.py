"""What is made of stored sightings: explanations, filters, files, and how long they are kept."""
