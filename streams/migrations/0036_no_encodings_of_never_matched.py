"""Deletes the encodings of sightings of somebody who is never to be matched, and keeps new ones from being written.

A sighting is recorded while a camera still goes by the gallery of a moment before, so its encoding is left out silently:
the sighting itself is a fact and stays.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION streams_person_never_matched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM streams_sightingencoding encoding USING streams_sighting sighting
    WHERE sighting.id = encoding.sighting_id AND sighting.person_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER never_match_sightings AFTER UPDATE OF never_match_at ON people_person
    FOR EACH ROW WHEN (OLD.never_match_at IS NULL AND NEW.never_match_at IS NOT NULL)
    EXECUTE FUNCTION streams_person_never_matched();

CREATE FUNCTION streams_leave_out_encoding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM streams_sighting sighting JOIN people_person person ON person.id = sighting.person_id
               WHERE sighting.id = NEW.sighting_id AND person.never_match_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER never_match_encodings BEFORE INSERT OR UPDATE ON streams_sightingencoding
    FOR EACH ROW EXECUTE FUNCTION streams_leave_out_encoding();
"""
BACKWARD = """
DROP TRIGGER never_match_encodings ON streams_sightingencoding;
DROP FUNCTION streams_leave_out_encoding();
DROP TRIGGER never_match_sightings ON people_person;
DROP FUNCTION streams_person_never_matched();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0033_matchable"), ("streams", "0035_keys_and_failures_of_channels")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
