"""Lets nobody empty who decided first on an alert for two people: the same user could then be the second one.

An account that is deleted leaves none, as ever.
"""

from django.db import migrations

# At the end of the transaction: whoever deletes an account empties its name first.
FORWARD = """
CREATE FUNCTION streams_first_person_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM auth_user WHERE id = OLD.decided_by_id) THEN
        RAISE EXCEPTION 'who decided first stays: only a deleted account leaves no name'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_second_is_another';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER alert_first_person_stays AFTER UPDATE ON streams_alert DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.two_people AND OLD.decided_by_id IS NOT NULL AND NEW.decided_by_id IS NULL)
    EXECUTE FUNCTION streams_first_person_stays();
"""
BACKWARD = """
DROP TRIGGER alert_first_person_stays ON streams_alert;
DROP FUNCTION streams_first_person_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0047_second_people_are_at_work")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
