"""The optional hint at faces that are pictures held before a camera: its published network, and how that is fetched."""
