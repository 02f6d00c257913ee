"""Who decides on an alert for two people is the user at work, as for proposals: a script decides in nobody else's name.

Who decided first does not change afterwards; an account that is deleted leaves none.
"""

from django.db import migrations

NOW = """
CREATE OR REPLACE FUNCTION streams_guard_alert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
    IF NOT NEW.two_people THEN
        RAISE EXCEPTION 'an alert on which two people decide stays one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_stays_with_two';
    END IF;
    IF NEW.state = 'closed' AND OLD.state <> 'closed'
       AND (OLD.state <> 'second' OR NEW.second_by_id IS NULL OR NEW.second_by_id = OLD.decided_by_id) THEN
        said := 'two people decide on this alert, one after the other';
    ELSIF NEW.second_by_id IS DISTINCT FROM OLD.second_by_id AND NEW.second_by_id IS NOT NULL
          AND (NEW.state <> 'closed' OR NEW.second_by_id IS DISTINCT FROM people_actor_now())
       OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id AND NEW.decided_by_id IS NOT NULL
          AND (OLD.state IN ('second', 'closed') OR NEW.decided_by_id IS DISTINCT FROM people_actor_now()) THEN
        said := 'nobody decides in the name of another user';
    END IF;
    IF said IS NOT NULL THEN
        RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_second_is_another';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER alert_guard ON streams_alert;
CREATE TRIGGER alert_guard BEFORE UPDATE OF state, two_people, decided_by_id, second_by_id ON streams_alert
    FOR EACH ROW WHEN (OLD.two_people) EXECUTE FUNCTION streams_guard_alert();
"""
BEFORE = """
CREATE OR REPLACE FUNCTION streams_guard_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.two_people THEN
        RAISE EXCEPTION 'an alert on which two people decide stays one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_stays_with_two';
    END IF;
    IF NEW.state = 'closed' AND OLD.state <> 'closed'
       AND (OLD.state <> 'second' OR NEW.second_by_id IS NULL OR NEW.second_by_id = OLD.decided_by_id) THEN
        RAISE EXCEPTION 'two people decide on this alert, one after the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'alert_second_is_another';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER alert_guard ON streams_alert;
CREATE TRIGGER alert_guard BEFORE UPDATE OF state, two_people ON streams_alert
    FOR EACH ROW WHEN (OLD.two_people) EXECUTE FUNCTION streams_guard_alert();
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0046_exit_watches"), ("people", "0037_four_eyes_in_the_database")]
    operations = [migrations.RunSQL(NOW, BEFORE)]
