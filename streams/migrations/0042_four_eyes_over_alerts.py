"""Has two people decide on alerts by lists that ask for two, and suspends entries of lists whose alerts are too often false.

A rule about such a list becomes less sure only by a confirmed proposal, also if it was about another list in between: less
sure than *certain* at three looks is what a rule for it may not begin as, either.
"""

from django.db import migrations

TWO = """
CREATE FUNCTION streams_alert_wants_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.two_people := people_asks_for_two(NEW.watchlist_id);
    RETURN NEW;
END $$;
CREATE TRIGGER alert_wants_two BEFORE INSERT ON streams_alert
    FOR EACH ROW WHEN (NEW.watchlist_id IS NOT NULL AND NOT NEW.two_people)
    EXECUTE FUNCTION streams_alert_wants_two();

CREATE FUNCTION streams_guard_alert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER alert_guard BEFORE UPDATE OF state, two_people ON streams_alert
    FOR EACH ROW WHEN (OLD.two_people) EXECUTE FUNCTION streams_guard_alert();
"""
NOT_TWO = """
DROP TRIGGER alert_guard ON streams_alert;
DROP FUNCTION streams_guard_alert();
DROP TRIGGER alert_wants_two ON streams_alert;
DROP FUNCTION streams_alert_wants_two();
"""

# 3: looks of a rule as the form first offers it.
RULES = """
CREATE FUNCTION streams_guard_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was_sure text := 'certain'; had_looks integer := 3;
BEGIN
    IF NEW.watchlist_id IS NULL OR NOT people_asks_for_two(NEW.watchlist_id) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.watchlist_id = NEW.watchlist_id THEN
        was_sure := OLD.certainty;
        had_looks := OLD.looks;
    END IF;
    IF (NEW.looks < had_looks OR NEW.certainty = 'likely' AND was_sure <> 'likely')
       AND NOT people_use_proposal('certainty', NEW.watchlist_id, NULL, NEW.id,
                                   jsonb_build_object('certainty', NEW.certainty, 'looks', NEW.looks)) THEN
        RAISE EXCEPTION 'the watchlist asks for two people: propose that the rule is less sure, and another user confirms'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'certainty_wants_two_people';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER certainty_wants_two_people AFTER INSERT OR UPDATE ON streams_rule
    FOR EACH ROW EXECUTE FUNCTION streams_guard_rule();
"""
NO_RULES = """
DROP TRIGGER certainty_wants_two_people ON streams_rule;
DROP FUNCTION streams_guard_rule();
"""

# The entry is locked first: of two alerts that are closed at once the second sees the first. What was raised before the
# entry was last revived does not count any more.
SUSPEND = """
CREATE FUNCTION streams_suspend_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE list people_watchlist; since timestamptz; false_ones integer; looked_at integer;
BEGIN
    SELECT * INTO list FROM people_watchlist WHERE id = NEW.watchlist_id AND false_limit IS NOT NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM people_watchlist_people WHERE watchlist_id = list.id AND person_id = NEW.person_id FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM people_suspension
                            WHERE watchlist_id = list.id AND person_id = NEW.person_id AND revived_at IS NULL) THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(max(revived_at), '-infinity') INTO since FROM people_suspension
    WHERE watchlist_id = list.id AND person_id = NEW.person_id;
    SELECT count(*) FILTER (WHERE outcome = 'false'), count(*) INTO false_ones, looked_at FROM (
        SELECT outcome FROM streams_alert
        WHERE watchlist_id = list.id AND person_id = NEW.person_id AND state = 'closed' AND raised_at > since
        ORDER BY raised_at DESC LIMIT list.false_of_last) latest;
    IF false_ones >= list.false_limit THEN
        INSERT INTO people_suspension (watchlist_id, person_id, at, "false", closed, alert_id, revived_who, revived_why)
        VALUES (list.id, NEW.person_id, statement_timestamp(), false_ones, looked_at, NEW.id, '', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER alert_suspends_entry AFTER UPDATE OF outcome ON streams_alert
    FOR EACH ROW WHEN (NEW.outcome = 'false' AND OLD.outcome <> 'false'
                       AND NEW.watchlist_id IS NOT NULL AND NEW.person_id IS NOT NULL)
    EXECUTE FUNCTION streams_suspend_entry();
"""
NO_SUSPEND = """
DROP TRIGGER alert_suspends_entry ON streams_alert;
DROP FUNCTION streams_suspend_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0041_lists_of_alerts"), ("people", "0037_four_eyes_in_the_database")]
    operations = [
        migrations.RunSQL(TWO, NOT_TWO),
        migrations.RunSQL(RULES, NO_RULES),
        migrations.RunSQL(SUSPEND, NO_SUSPEND),
    ]
