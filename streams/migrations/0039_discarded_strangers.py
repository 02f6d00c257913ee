"""Refuses rows of unmatched faces by cameras that discard strangers at once, whatever program writes them.

What was written before somebody chose that may still change, and is undone and corrected as it always was: only what is
new is refused. The share of the camera's row makes a writer and whoever switches it on wait for each other.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION streams_refuse_discarded_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept text;
BEGIN
    SELECT strangers INTO kept FROM streams_camera WHERE id = NEW.camera_id FOR SHARE;
    IF kept = 'discarded' THEN
        RAISE EXCEPTION 'this camera discards strangers at once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sighting_of_discarded_stranger';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER discarded_sightings BEFORE INSERT ON streams_sighting
    FOR EACH ROW WHEN (NEW.verdict <> 'match') EXECUTE FUNCTION streams_refuse_discarded_sighting();

CREATE FUNCTION streams_refuse_of_discarded_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM streams_sighting sighting JOIN streams_camera camera ON camera.id = sighting.camera_id
               WHERE sighting.id = NEW.sighting_id AND sighting.verdict <> 'match'
               AND camera.strangers = 'discarded') THEN
        RAISE EXCEPTION 'this camera discards strangers at once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'detection_of_discarded_stranger';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER discarded_detections BEFORE INSERT ON streams_detection
    FOR EACH ROW EXECUTE FUNCTION streams_refuse_of_discarded_sighting();
CREATE TRIGGER discarded_encodings BEFORE INSERT ON streams_sightingencoding
    FOR EACH ROW EXECUTE FUNCTION streams_refuse_of_discarded_sighting();
"""
BACKWARD = """
DROP TRIGGER discarded_encodings ON streams_sightingencoding;
DROP TRIGGER discarded_detections ON streams_detection;
DROP FUNCTION streams_refuse_of_discarded_sighting();
DROP TRIGGER discarded_sightings ON streams_sighting;
DROP FUNCTION streams_refuse_discarded_sighting();
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0038_indexes_of_keeping")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
