"""How the site writes dates and times: 24 hours, and every time with the name of its zone."""
