"""Writes down rows to which a statement gives another id: as one that goes, and one that comes.

What was before and after is told apart by the id, so such a change was never seen: a script could put somebody else
on a watchlist, or a right under another user, and no entry told.
"""

from django.db import migrations

WRITE = """
CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor jsonb := nullif(current_setting('facesite.actor', TRUE), '')::jsonb;
    subjects text[] := string_to_array(TG_ARGV[1], ',');
    shown text[] := string_to_array(TG_ARGV[2], ',');
    hidden text[] := string_to_array(TG_ARGV[3], ',');
    who text := left(coalesce(actor->>'who', 'the database role ' || session_user), 200);
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, detail)
        VALUES ((actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
                coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''), 'deleted', TG_ARGV[0],
                '{"before": {"rows": "all of the table"}}');
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, about, detail)
        SELECT (actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
               coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''), 'changed', TG_ARGV[0],
               audit_about(subjects, b.row) || (
                   SELECT coalesce(array_agg(one), '{}') FROM unnest(audit_about(subjects, a.row)) one
                   WHERE one <> ALL (audit_about(subjects, b.row))),
               difference.detail
        FROM (SELECT to_jsonb(o) AS row FROM before o) b JOIN (SELECT to_jsonb(n) AS row FROM after n) a
             ON a.row->'id' = b.row->'id'
        CROSS JOIN LATERAL (
            SELECT jsonb_build_object(
                'before', jsonb_object_agg(was.key, CASE WHEN was.key = ANY(hidden) THEN '"secret"' ELSE was.value END),
                'after', jsonb_object_agg(was.key,
                    CASE WHEN was.key = ANY(hidden) THEN '"another secret"' ELSE made.value END)) AS detail
            FROM jsonb_each(b.row) was JOIN jsonb_each(a.row) made USING (key)
            WHERE was.key = ANY(shown || hidden) AND was.value <> made.value
            HAVING count(*) > 0) difference;
        {new_ids}
    ELSE
        INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, about, detail)
        SELECT (actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
               coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''),
               CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'deleted' END, TG_ARGV[0], audit_about(subjects, changed.row),
               jsonb_build_object(CASE TG_OP WHEN 'INSERT' THEN 'after' ELSE 'before' END, (
                   SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(changed.row)
                   WHERE key = ANY(shown) AND value NOT IN ('null', '""', '[]', '{}')))
        FROM (SELECT to_jsonb(c) AS row FROM changed c) changed;
    END IF;
    RETURN NULL;
END $$;
"""
NEW_IDS = """INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, about, detail)
        SELECT (actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
               coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''),
               CASE side WHEN 'after' THEN 'added' ELSE 'deleted' END, TG_ARGV[0], audit_about(subjects, alone.row),
               jsonb_build_object(side, (
                   SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(alone.row)
                   WHERE key = ANY(shown) AND value NOT IN ('null', '""', '[]', '{}')))
        FROM (
            SELECT 'before' AS side, to_jsonb(o) AS row FROM before o
            WHERE to_jsonb(o)->'id' NOT IN (SELECT to_jsonb(n)->'id' FROM after n)
            UNION ALL
            SELECT 'after', to_jsonb(n) FROM after n
            WHERE to_jsonb(n)->'id' NOT IN (SELECT to_jsonb(o)->'id' FROM before o)) alone;"""
FORWARD = WRITE.replace("{new_ids}", NEW_IDS)
BACKWARD = WRITE.replace("        {new_ids}\n", "")


class Migration(migrations.Migration):
    dependencies = [("people", "0044_withdrawals_stay_with_their_person")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
