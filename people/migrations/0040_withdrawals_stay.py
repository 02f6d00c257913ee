"""Lets nobody delete a withdrawn basis but with its person: without it the person would be recognised again."""

from django.db import migrations

# At the end of the transaction, when the person is gone, too: erasure, the schedule of keeping and merges delete both.
FORWARD = """
CREATE FUNCTION people_withdrawal_is_not_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM people_person WHERE id = OLD.person_id) THEN
        RAISE EXCEPTION 'a withdrawn basis is only deleted with its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_stays_withdrawn';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER withdrawal_is_not_lost AFTER DELETE ON people_basis DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION people_withdrawal_is_not_lost();

CREATE FUNCTION people_withdrawals_are_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM people_basis WHERE withdrawn_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a withdrawn basis is only deleted with its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_stays_withdrawn';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER withdrawals_are_not_emptied BEFORE TRUNCATE ON people_basis
    FOR EACH STATEMENT EXECUTE FUNCTION people_withdrawals_are_not_emptied();
"""
BACKWARD = """
DROP TRIGGER withdrawals_are_not_emptied ON people_basis;
DROP FUNCTION people_withdrawals_are_not_emptied();
DROP TRIGGER withdrawal_is_not_lost ON people_basis;
DROP FUNCTION people_withdrawal_is_not_lost();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0039_scopes_of_privacy")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
