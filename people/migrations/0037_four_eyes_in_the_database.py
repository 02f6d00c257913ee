"""Holds in the database what watchlists that ask for two people ask for, whoever writes: pages, API, scripts, merges.

A confirmation counts only in the transaction that makes it, and once: `people_use_proposal` uses it up. Whoever proposes
and whoever decides must be the user who is at work, as `facesite.actor` says (people/audit/acting.py), so that a script
cannot do it in somebody's name by mistake. Whoever owns the database can set that, and switch triggers off; the audit
tells.
"""

from django.db import migrations

PROPOSALS = """
CREATE FUNCTION people_actor_now() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT (nullif(current_setting('facesite.actor', TRUE), '')::jsonb->>'user')::integer
$$;
CREATE FUNCTION people_may_log_in(the_user integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM auth_user WHERE id = the_user AND is_active)
$$;
CREATE FUNCTION people_refuse_proposal(said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = 'proposal_guard';
END $$;

CREATE FUNCTION people_guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.used_at IS NOT NULL THEN
            PERFORM people_refuse_proposal('a proposal begins open');
        ELSIF NEW.expires_at > statement_timestamp() + interval '7 days' THEN
            PERFORM people_refuse_proposal('a proposal waits for 7 days at most');
        ELSIF NEW.proposer IS DISTINCT FROM people_actor_now() OR NOT people_may_log_in(NEW.proposer) THEN
            PERFORM people_refuse_proposal('nobody proposes in the name of another user');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.kind, NEW.watchlist_id, NEW.person_id, NEW.rule_id, NEW.asked, NEW.reason, NEW.proposer,
        NEW.proposed_who, NEW.proposed_at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.watchlist_id, OLD.person_id, OLD.rule_id, OLD.asked, OLD.reason,
        OLD.proposer, OLD.proposed_who, OLD.proposed_at) OR NEW.expires_at > OLD.expires_at THEN
        PERFORM people_refuse_proposal('what was proposed stays as it is: withdraw it, and propose anew');
    END IF;
    IF OLD.state <> 'open' AND (NEW.state, NEW.decider, NEW.decided_who, NEW.decided_at, NEW.decided_why)
       IS DISTINCT FROM (OLD.state, OLD.decider, OLD.decided_who, OLD.decided_at, OLD.decided_why) THEN
        PERFORM people_refuse_proposal('a proposal is decided once');
    END IF;
    IF OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at THEN
        PERFORM people_refuse_proposal('a confirmation is used once');
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'confirmed' THEN
        IF OLD.expires_at <= statement_timestamp() THEN
            PERFORM people_refuse_proposal('the proposal has expired');
        ELSIF NEW.decider IS NOT DISTINCT FROM OLD.proposer THEN
            PERFORM people_refuse_proposal('whoever proposes does not decide');
        ELSIF NEW.decider IS DISTINCT FROM people_actor_now() OR NOT people_may_log_in(NEW.decider) THEN
            PERFORM people_refuse_proposal('nobody decides in the name of another user');
        ELSIF NOT people_may_log_in(OLD.proposer) THEN
            PERFORM people_refuse_proposal('whoever proposed it may not log in any more');
        END IF;
        NEW.decided_at := transaction_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_guard BEFORE INSERT OR UPDATE ON people_proposal
    FOR EACH ROW EXECUTE FUNCTION people_guard_proposal();

CREATE FUNCTION people_forget_proposals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people_proposal WHERE person_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER proposals_of_the_deleted AFTER DELETE ON people_person REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION people_forget_proposals();

CREATE FUNCTION people_use_proposal(the_kind text, the_list bigint, the_person uuid, the_rule uuid, the_asked jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_proposal SET used_at = statement_timestamp() WHERE id = (
        SELECT id FROM people_proposal
        WHERE kind = the_kind AND watchlist_id = the_list AND state = 'confirmed' AND used_at IS NULL
          AND decided_at = transaction_timestamp() AND person_id IS NOT DISTINCT FROM the_person
          AND rule_id IS NOT DISTINCT FROM the_rule AND asked = the_asked LIMIT 1);
    RETURN FOUND;
END $$;
CREATE FUNCTION people_asks_for_two(the_list bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM people_watchlist WHERE id = the_list AND two_people)
$$;
"""
NO_PROPOSALS = """
DROP FUNCTION people_asks_for_two(bigint);
DROP FUNCTION people_use_proposal(text, bigint, uuid, uuid, jsonb);
DROP TRIGGER proposals_of_the_deleted ON people_person;
DROP FUNCTION people_forget_proposals();
DROP TRIGGER proposal_guard ON people_proposal;
DROP FUNCTION people_guard_proposal();
DROP FUNCTION people_refuse_proposal(text);
DROP FUNCTION people_may_log_in(integer);
DROP FUNCTION people_actor_now();
"""

# After the row is written: an insert that meets a row which is there already uses up no confirmation.
ENTRIES = """
CREATE FUNCTION people_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF people_asks_for_two(NEW.watchlist_id)
       AND NOT people_use_proposal('entry', NEW.watchlist_id, NEW.person_id, NULL, '{}') THEN
        RAISE EXCEPTION 'this watchlist asks for two people: propose whom to put on it, and another user confirms'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_wants_two_people';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_wants_two_people AFTER INSERT OR UPDATE ON people_watchlist_people
    FOR EACH ROW EXECUTE FUNCTION people_guard_entry();

CREATE FUNCTION people_guard_option() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT people_use_proposal('option', NEW.id, NULL, NULL, '{}') THEN
        RAISE EXCEPTION 'that one person alone decides is proposed, and another user confirms it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'option_wants_two_people';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER option_wants_two_people AFTER UPDATE ON people_watchlist
    FOR EACH ROW WHEN (OLD.two_people AND NOT NEW.two_people) EXECUTE FUNCTION people_guard_option();

CREATE FUNCTION people_guard_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.watchlist_id <> OLD.watchlist_id OR OLD.revived_at IS NOT NULL
       AND (NEW.revived_at, NEW.revived_who, NEW.revived_why)
           IS DISTINCT FROM (OLD.revived_at, OLD.revived_who, OLD.revived_why) THEN
        RAISE EXCEPTION 'a suspension is ended once, and is not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'suspension_guard';
    END IF;
    IF OLD.revived_at IS NULL AND NEW.revived_at IS NOT NULL AND people_asks_for_two(NEW.watchlist_id)
       AND NOT people_use_proposal('revive', NEW.watchlist_id, NEW.person_id, NULL, '{}')
       -- Of somebody who was merged there may be two, which one statement ends.
       AND NOT EXISTS (SELECT FROM people_proposal WHERE kind = 'revive' AND watchlist_id = NEW.watchlist_id
                       AND person_id = NEW.person_id AND used_at = statement_timestamp()) THEN
        RAISE EXCEPTION 'this watchlist asks for two people: propose to revive the entry, and another user confirms'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'revival_wants_two_people';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER revival_wants_two_people AFTER UPDATE ON people_suspension
    FOR EACH ROW EXECUTE FUNCTION people_guard_suspension();

-- At the end of the transaction, when the person or the list is gone, too: then it goes with them.
CREATE FUNCTION people_guard_lost_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revived_at IS NULL AND people_asks_for_two(OLD.watchlist_id)
       AND EXISTS (SELECT FROM people_person WHERE id = OLD.person_id) THEN
        RAISE EXCEPTION 'a suspension is ended by reviving the entry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'suspension_guard';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER suspension_is_not_lost AFTER DELETE ON people_suspension DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_guard_lost_suspension();
"""
NO_ENTRIES = """
DROP TRIGGER suspension_is_not_lost ON people_suspension;
DROP FUNCTION people_guard_lost_suspension();
DROP TRIGGER revival_wants_two_people ON people_suspension;
DROP FUNCTION people_guard_suspension();
DROP TRIGGER option_wants_two_people ON people_watchlist;
DROP FUNCTION people_guard_option();
DROP TRIGGER entry_wants_two_people ON people_watchlist_people;
DROP FUNCTION people_guard_entry();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0036_four_eyes")]
    operations = [migrations.RunSQL(PROPOSALS, NO_PROPOSALS), migrations.RunSQL(ENTRIES, NO_ENTRIES)]
