"""Lets nobody move a withdrawn basis away from somebody who stays: they would be recognised again without it.

A merge moves it and deletes whom it belonged to, and the undo of that merge moves it back. What a deletion of somebody
else's row would take with it (0040) is thereby theirs.
"""

from django.db import migrations

# At the end of the transaction, when a merge has deleted the old person and its undo has written how far it is.
FORWARD = """
CREATE FUNCTION people_withdrawal_is_not_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM people_person WHERE id = OLD.person_id)
       AND NOT EXISTS (SELECT FROM people_personmerge WHERE old_id = NEW.person_id AND into_id = OLD.person_id
                       AND state IN ('separating', 'separated')) THEN
        RAISE EXCEPTION 'a withdrawn basis stays with its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_stays_withdrawn';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER withdrawal_is_not_moved AFTER UPDATE ON people_basis DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL AND OLD.person_id <> NEW.person_id)
    EXECUTE FUNCTION people_withdrawal_is_not_moved();
"""
BACKWARD = """
DROP TRIGGER withdrawal_is_not_moved ON people_basis;
DROP FUNCTION people_withdrawal_is_not_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0043_audit_is_kept_for_a_while")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
