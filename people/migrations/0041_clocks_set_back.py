"""Notes bases that begin and end also after the database's clock was ahead and is set back.

What is noted up to a moment that is still to come was noted too early: whoever began or ended between now and then has
not, and counts again from now on. Without it nobody would note ends before that moment.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION people_note_bases_by_the_clock() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE at timestamptz := statement_timestamp(); since timestamptz; begun uuid[]; ended uuid[];
BEGIN
    SELECT swept_at INTO since FROM people_sitepolicy WHERE id = 1;
    IF NOT FOUND OR NOT ({set_back}
        EXISTS (SELECT FROM people_basis WHERE valid_from > since AND valid_from <= at)
        OR EXISTS (SELECT FROM people_basis WHERE valid_until > since AND valid_until <= at)) THEN
        RETURN FALSE;
    END IF;
    SELECT swept_at INTO since FROM people_sitepolicy WHERE id = 1 FOR UPDATE;{back}
    SELECT array_agg(DISTINCT person_id) INTO begun FROM people_basis WHERE valid_from > since AND valid_from <= at;
    SELECT array_agg(DISTINCT person_id) INTO ended FROM people_basis WHERE valid_until > since AND valid_until <= at;
    IF begun IS NULL AND ended IS NULL THEN
        RETURN FALSE;
    END IF;
    UPDATE people_sitepolicy SET swept_at = at WHERE id = 1;
    PERFORM people_note_gallery_change(array_cat(begun, ended), ended IS NULL);
    RETURN TRUE;
END $$;
"""
# Behind the lock by the clock as it then is: another session may have swept since this statement began.
BACK = """
    IF since > clock_timestamp() THEN
        at := clock_timestamp();
        SELECT array_agg(DISTINCT person_id) INTO ended FROM people_basis
        WHERE valid_from > at AND valid_from <= since OR valid_until > at AND valid_until <= since;
        UPDATE people_sitepolicy SET swept_at = at WHERE id = 1;
        IF ended IS NULL THEN
            RETURN FALSE;
        END IF;
        PERFORM people_note_gallery_change(ended, FALSE);
        RETURN TRUE;
    END IF;"""
FORWARD = FUNCTION.format(set_back="since > at OR", back=BACK)
BACKWARD = FUNCTION.format(set_back="", back="")


class Migration(migrations.Migration):
    dependencies = [("people", "0040_withdrawals_stay")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
