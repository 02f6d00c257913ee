"""The gallery's version, raised by the database itself: no service, bulk action or script can forget it."""

from django.db import migrations

# Statement-level triggers with transition tables: one raise per statement that really changes the gallery, in
# the same transaction. A claim of a waiting photo, for one, touches people_photo and changes nothing.
FORWARD = """
INSERT INTO people_galleryversion (id, version) VALUES (1, 1) ON CONFLICT DO NOTHING;

CREATE FUNCTION people_raise_gallery_version() RETURNS void LANGUAGE sql AS $$
    UPDATE people_galleryversion SET version = version + 1, changed_at = clock_timestamp() WHERE id = 1;
$$;

CREATE FUNCTION people_encodings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM people_raise_gallery_version();
    RETURN NULL;
END $$;
CREATE FUNCTION people_photos_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN after USING (id)
               WHERE (before.state = 'enrolled') <> (after.state = 'enrolled')
                  OR after.state = 'enrolled' AND before.person_id <> after.person_id) THEN
        PERFORM people_raise_gallery_version();
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION people_people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM before JOIN after USING (id)
               WHERE before.name <> after.name OR (before.retired_at IS NULL) <> (after.retired_at IS NULL)) THEN
        PERFORM people_raise_gallery_version();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER gallery_encodings AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_encoding
    FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_changed();
CREATE TRIGGER gallery_photos AFTER UPDATE ON people_photo
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_photos_changed();
CREATE TRIGGER gallery_people AFTER UPDATE ON people_person
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_people_changed();
"""
BACKWARD = """
DROP TRIGGER gallery_people ON people_person;
DROP TRIGGER gallery_photos ON people_photo;
DROP TRIGGER gallery_encodings ON people_encoding;
DROP FUNCTION people_people_changed();
DROP FUNCTION people_photos_changed();
DROP FUNCTION people_encodings_changed();
DROP FUNCTION people_raise_gallery_version();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_people")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
