"""Settings of the tests: the real ones, over a database cluster and folders of their own."""

import os

from facesite.settings import *  # noqa: F403
from facesite.settings import DATABASES, EMBEDDED, MIDDLEWARE, STORAGES, VAR

if EMBEDDED:
    DATABASES["default"]["DATA_DIR"] = VAR / "test" / "postgres"
# A commit does not wait for the disk; everybody sees it as soon.
DATABASES["default"]["OPTIONS"] = {**DATABASES["default"].get("OPTIONS", {}), "options": "-c synchronous_commit=off"}
TEMPLATE_OF_COMMANDS = "MIGRATED_TEMPLATE"
"""In the environment of a command that tests start: which database it copies to make one of its own."""
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get(TEMPLATE_OF_COMMANDS)}
MEDIA_ROOT = VAR / "test" / "media"
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "base_url": None},
    },
    # Nothing is collected for tests: names without a hash, which need no manifest.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Each test client makes the middleware anew, and this one then looks at every static file: 45 ms of the processor.
# A test that needs it takes the settings of the site, as tests/facesite/web/test_caching.py does.
MIDDLEWARE = [each for each in MIDDLEWARE if each != "facesite.web.static_files.with_static_files"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FAILED_LOGINS_PER_ADDRESS = 1_000_000
"""All tests come from one address; those of the limit set it."""
