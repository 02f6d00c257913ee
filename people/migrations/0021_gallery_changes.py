"""Says with each version of the gallery whose photos changed: a gallery in memory then loads those people alone.

Loading 160,000 encodings anew after every enrolled photo made a long enrolment cost the square of its length.
"""

from django.db import migrations, models

# More than 1,000 people in one statement are written as one row that stands for everybody. The last 20,000 versions are
# kept: whoever holds an older one loads everything.
FORWARD = """
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

CREATE FUNCTION people_encodings_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[];
BEGIN
    SELECT array_agg(DISTINCT photo.person_id) INTO people
    FROM changed LEFT JOIN people_photo photo ON photo.id = changed.photo_id;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, TG_OP = 'INSERT');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION people_everybody_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM people_note_gallery_change(NULL, FALSE);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION people_photos_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[]; added boolean;
BEGIN
    SELECT array_agg(DISTINCT person), bool_and(addition) INTO people, added FROM (
        SELECT unnest(ARRAY[before.person_id, after.person_id]) person,
               after.state = 'enrolled' AND before.state <> 'enrolled' AND before.person_id = after.person_id addition
        FROM before JOIN after USING (id)
        WHERE (before.state = 'enrolled') <> (after.state = 'enrolled')
           OR after.state IN ('enrolled', 'review') AND before.person_id <> after.person_id) affected;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, added);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION people_people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[]; added boolean;
BEGIN
    SELECT array_agg(id), bool_and(before.name = after.name AND after.retired_at IS NULL) INTO people, added
    FROM before JOIN after USING (id)
    WHERE before.name <> after.name OR (before.retired_at IS NULL) <> (after.retired_at IS NULL);
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, added);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER gallery_encodings ON people_encoding;
CREATE TRIGGER gallery_encodings_added AFTER INSERT ON people_encoding
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_of_changed();
CREATE TRIGGER gallery_encodings_rewritten AFTER UPDATE ON people_encoding
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_of_changed();
CREATE TRIGGER gallery_encodings_removed AFTER DELETE ON people_encoding
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_of_changed();
CREATE TRIGGER gallery_encodings_emptied AFTER TRUNCATE ON people_encoding
    FOR EACH STATEMENT EXECUTE FUNCTION people_everybody_changed();
"""
BACKWARD = """
DROP TRIGGER gallery_encodings_emptied ON people_encoding;
DROP TRIGGER gallery_encodings_removed ON people_encoding;
DROP TRIGGER gallery_encodings_rewritten ON people_encoding;
DROP TRIGGER gallery_encodings_added ON people_encoding;
CREATE TRIGGER gallery_encodings AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_encoding
    FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_changed();
CREATE OR REPLACE FUNCTION people_photos_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN after USING (id)
               WHERE (before.state = 'enrolled') <> (after.state = 'enrolled')
                  OR after.state = 'enrolled' AND before.person_id <> after.person_id) THEN
        PERFORM people_raise_gallery_version();
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION people_people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN after USING (id)
               WHERE before.name <> after.name OR (before.retired_at IS NULL) <> (after.retired_at IS NULL)) THEN
        PERFORM people_raise_gallery_version();
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION people_everybody_changed();
DROP FUNCTION people_encodings_of_changed();
DROP FUNCTION people_note_gallery_change(uuid[], boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0020_doubted_photos")]
    operations = [
        migrations.CreateModel(
            name="GalleryChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField(db_index=True)),
                ("changed_at", models.DateTimeField()),
                ("person_id", models.UUIDField(null=True)),
                ("is_addition", models.BooleanField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
