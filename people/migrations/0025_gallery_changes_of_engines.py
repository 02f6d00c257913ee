"""Writes a row for every version of the gallery, with the engine whose encodings changed, for up to 20,000 people.

A reader could not tell a version without a row (thresholds, the engine, a group) from one of another history, and read
everybody again; so it did after more than 1,000 people in one statement, and for another engine's encodings.
"""

from django.db import migrations, models

# The raise writes the row that marks the version. Versions follow each other (the raise locks their one row), so ids
# do too: the mark of a version goes before what it marks, and a reader whose mark is gone reads everybody.
FORWARD = """
UPDATE people_gallerychange SET is_everybody = TRUE WHERE person_id IS NULL;

DROP FUNCTION people_note_gallery_change(uuid[], boolean);
CREATE FUNCTION people_raise_to_gallery_version() RETURNS people_galleryversion LANGUAGE plpgsql AS $$
DECLARE raised people_galleryversion;
BEGIN
    INSERT INTO people_galleryversion (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = people_galleryversion.version + 1, changed_at = clock_timestamp()
    RETURNING * INTO raised;
    INSERT INTO people_gallerychange (version, changed_at, is_addition) VALUES (raised.version, raised.changed_at, FALSE);
    IF raised.version % 1000 = 0 THEN
        DELETE FROM people_gallerychange
        WHERE version < raised.version - 20000 OR id < (SELECT max(id) FROM people_gallerychange) - 500000;
    END IF;
    RETURN raised;
END $$;
CREATE OR REPLACE FUNCTION people_raise_gallery_version() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM people_raise_to_gallery_version();
END $$;
CREATE FUNCTION people_note_gallery_change(people uuid[], addition boolean, encoded_by text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE raised people_galleryversion;
BEGIN
    raised := people_raise_to_gallery_version();
    IF people IS NULL OR cardinality(people) > 20000 OR array_position(people, NULL) IS NOT NULL THEN
        INSERT INTO people_gallerychange (version, changed_at, is_addition, is_everybody)
        VALUES (raised.version, raised.changed_at, addition, TRUE);
    ELSE
        INSERT INTO people_gallerychange (version, changed_at, person_id, is_addition, engine)
        SELECT raised.version, raised.changed_at, person, addition, encoded_by FROM unnest(people) person;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION people_encodings_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[]; encoded_by text;
BEGIN
    SELECT array_agg(DISTINCT photo.person_id),
           CASE WHEN TG_OP <> 'UPDATE' AND min(changed.engine) = max(changed.engine) THEN min(changed.engine) END
    INTO people, encoded_by
    FROM changed LEFT JOIN people_photo photo ON photo.id = changed.photo_id;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, TG_OP = 'INSERT', encoded_by);
    END IF;
    RETURN NULL;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION people_encodings_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[];
BEGIN
    SELECT array_agg(DISTINCT photo.person_id) INTO people
    FROM changed LEFT JOIN people_photo photo ON photo.id = changed.photo_id;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, TG_OP = 'INSERT');
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION people_note_gallery_change(uuid[], boolean, text);
DROP FUNCTION people_raise_gallery_version();
DROP FUNCTION people_raise_to_gallery_version();
CREATE FUNCTION people_raise_gallery_version() RETURNS void LANGUAGE sql AS $$
    INSERT INTO people_galleryversion (id, version) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET version = people_galleryversion.version + 1, changed_at = clock_timestamp();
$$;
CREATE FUNCTION people_note_gallery_change(people uuid[], addition boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE raised people_galleryversion;
BEGIN
    PERFORM people_raise_gallery_version();
    SELECT * INTO raised FROM people_galleryversion WHERE id = 1;
    IF people IS NULL OR cardinality(people) > 1000 OR array_position(people, NULL) IS NOT NULL THEN
        people := ARRAY[NULL]::uuid[];
    END IF;
    INSERT INTO people_gallerychange (version, changed_at, person_id, is_addition)
    SELECT raised.version, raised.changed_at, person, addition FROM unnest(people) person;
    IF raised.version % 1000 = 0 THEN
        DELETE FROM people_gallerychange WHERE version < raised.version - 20000;
    END IF;
END $$;
DELETE FROM people_gallerychange WHERE person_id IS NULL AND NOT is_everybody;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0024_vectors_of_two_widths")]
    operations = [
        migrations.AddField("gallerychange", "is_everybody", models.BooleanField(db_default=False)),
        migrations.AddField("gallerychange", "engine", models.CharField(max_length=100, null=True)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
