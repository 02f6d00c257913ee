"""How people get in: passwords, second factors, single sign-on, and the pages of one's own account (django-allauth)."""
