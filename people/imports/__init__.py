"""How a ZIP of many people's photos becomes people and photos: a job in a row, worked through by any worker."""
