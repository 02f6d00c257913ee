"""Raising the gallery's version makes its row when there is none: after a TRUNCATE (which `manage.py flush` is)
an UPDATE would change nothing and cameras would never again hear of a change."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION people_raise_gallery_version() RETURNS void LANGUAGE sql AS $$
    INSERT INTO people_galleryversion (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = people_galleryversion.version + 1, changed_at = clock_timestamp();
$$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION people_raise_gallery_version() RETURNS void LANGUAGE sql AS $$
    UPDATE people_galleryversion SET version = version + 1, changed_at = clock_timestamp() WHERE id = 1;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_gallery_version")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
