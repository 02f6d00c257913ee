"""Who belongs to a group is part of the gallery that somebody limited to it is answered from: it raises the version."""

from django.db import migrations

# Only for people who recognise or are recognised: a newcomer without photos changes no gallery, and every raise
# makes every camera load its gallery again.
FORWARD = """
CREATE FUNCTION people_members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed JOIN people_photo photo USING (person_id) WHERE photo.state = 'enrolled') THEN
        PERFORM people_raise_gallery_version();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER gallery_members_added AFTER INSERT ON people_persongroup_people
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_members_changed();
CREATE TRIGGER gallery_members_removed AFTER DELETE ON people_persongroup_people
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_members_changed();
CREATE TRIGGER gallery_members_rewritten AFTER UPDATE OR TRUNCATE ON people_persongroup_people
    FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_changed();
"""
BACKWARD = """
DROP TRIGGER gallery_members_rewritten ON people_persongroup_people;
DROP TRIGGER gallery_members_removed ON people_persongroup_people;
DROP TRIGGER gallery_members_added ON people_persongroup_people;
DROP FUNCTION people_members_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0008_limits")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
