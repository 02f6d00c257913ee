"""A worker process that works through imports of a test's database. python -m tests.people.imports.worker NAME MEDIA"""

from __future__ import annotations

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.STORAGES["default"]["OPTIONS"]["location"] = sys.argv[2]
django.setup()

from django.core.management import call_command  # noqa: E402

call_command("runworker", "imports")
