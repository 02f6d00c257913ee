"""Makes the audit: entries that arrive, their chain, what guards both, and the function that writes down writes."""
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
import people.audit.entry
from django.db import migrations, models

# The form over which an entry's hash goes. It stays as it is for ever: with another no stored hash would fit. Times are
# whole microseconds since 1970, so no session's zone is in it; people/audit/verifying.py has the same words.
CANONICAL = """jsonb_build_array(
    e.number, e.ticket, (extract(epoch FROM e.at) * 1000000)::bigint,
    (extract(epoch FROM e.chained_at) * 1000000)::bigint, e."user", e.who, e.key, e.key_name, e.address,
    e.action, e.kind, to_jsonb(e.about), encode(e.detail_hash, 'hex'), e.request_id, encode(e.previous, 'hex')
)::text"""

# Entries are chained after their transaction, not in it: a lock that a trigger takes is held to the commit, so that all
# writers would wait for each other's disk, and deadlock with row locks that are taken after it.
FORWARD = f"""
INSERT INTO people_audithead (id, number, hash) VALUES (1, 0, sha256(uuid_send(gen_random_uuid())));

CREATE FUNCTION audit_chain(most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    head people_audithead; waiting people_pendingentry; e people_auditentry; tickets bigint[] := '{{}}';
    stamp timestamptz;
BEGIN
    SELECT * INTO head FROM people_audithead WHERE id = 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;  -- another process is at it
    END IF;
    stamp := clock_timestamp();
    FOR waiting IN SELECT * FROM people_pendingentry ORDER BY id LIMIT most LOOP
        e.number := head.number + 1; e.ticket := waiting.id; e.at := waiting.at; e.chained_at := stamp;
        e."user" := waiting."user"; e.who := waiting.who; e.key := waiting.key; e.key_name := waiting.key_name;
        e.address := waiting.address; e.action := waiting.action; e.kind := waiting.kind; e.about := waiting.about;
        e.detail := waiting.detail; e.request_id := waiting.request_id; e.salt := NULL; e.detail_hash := NULL;
        IF e.detail IS NOT NULL THEN
            e.salt := uuid_send(gen_random_uuid());
            e.detail_hash := sha256(e.salt || convert_to(e.detail::text, 'UTF8'));
        END IF;
        e.previous := head.hash;
        e.hash := sha256(convert_to({CANONICAL}, 'UTF8'));
        INSERT INTO people_auditentry SELECT (e).*;
        head.number := e.number; head.hash := e.hash; tickets := tickets || waiting.id;
    END LOOP;
    IF cardinality(tickets) > 0 THEN
        UPDATE people_audithead SET number = head.number, hash = head.hash WHERE id = 1;
        DELETE FROM people_pendingentry WHERE id = ANY(tickets);
    END IF;
    RETURN cardinality(tickets);
END $$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A detail may be emptied if an entry says so that is written in the same transaction or waits already.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE emptied people_auditentry := OLD;
BEGIN
    emptied.detail := NULL; emptied.salt := NULL;
    IF NEW IS DISTINCT FROM emptied OR OLD.action IN ('lost', 'forgot', 'emptied')
       OR NOT EXISTS (SELECT FROM people_pendingentry WHERE action = 'emptied' AND about && OLD.about) THEN
        RAISE EXCEPTION 'The audit is append-only: entry % cannot be changed.', OLD.number
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- Entries go only from the oldest on, and only if an entry in the chain says which have gone, and with what last hash.
CREATE FUNCTION audit_refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone WHERE number > coalesce(
            (SELECT max((detail->>'last')::bigint) FROM people_auditentry WHERE action = 'forgot'), 0)
    ) OR EXISTS (SELECT FROM people_auditentry WHERE number < (SELECT max(number) FROM gone)) THEN
        RAISE EXCEPTION 'The audit is append-only: entries are only deleted from the oldest on, and after an entry says so.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost bigint; chained bigint;
BEGIN
    SELECT count(*) INTO lost FROM gone;
    SELECT count(*) INTO chained FROM gone JOIN people_auditentry e ON e.ticket = gone.id
    WHERE e.number > (SELECT number FROM people_audithead WHERE id = 1) - lost;
    IF chained < lost THEN
        RAISE EXCEPTION 'The audit is append-only: an entry that waits is only deleted when it is in the chain.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_guard_update BEFORE UPDATE ON people_auditentry FOR EACH ROW
    EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_guard_delete AFTER DELETE ON people_auditentry REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse_deletion();
CREATE TRIGGER audit_guard_truncate BEFORE TRUNCATE ON people_auditentry FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_guard_update BEFORE UPDATE ON people_pendingentry FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_guard_delete AFTER DELETE ON people_pendingentry REFERENCING OLD TABLE AS gone FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse_loss();
CREATE TRIGGER audit_guard_truncate BEFORE TRUNCATE ON people_pendingentry FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_guard_update BEFORE UPDATE ON people_auditanchor FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_guard_delete BEFORE DELETE ON people_auditanchor FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_guard_truncate BEFORE TRUNCATE ON people_auditanchor FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();

-- Writes down what a statement did to the rows of one table. Arguments: the kind; what an entry is about, as
-- `kind=column,…`; the columns whose values are kept; those of which only is kept that they were changed.
CREATE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql AS $$
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
                '{{"before": {{"rows": "all of the table"}}}}');
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, about, detail)
        SELECT (actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
               coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''), 'changed', TG_ARGV[0],
               audit_about(subjects, b.row) || (
                   SELECT coalesce(array_agg(one), '{{}}') FROM unnest(audit_about(subjects, a.row)) one
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
    ELSE
        INSERT INTO people_pendingentry ("user", who, key, key_name, address, request_id, action, kind, about, detail)
        SELECT (actor->>'user')::int, who, (actor->>'key')::bigint, coalesce(actor->>'key_name', ''),
               coalesce(actor->>'address', ''), coalesce(actor->>'request_id', ''),
               CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'deleted' END, TG_ARGV[0], audit_about(subjects, changed.row),
               jsonb_build_object(CASE TG_OP WHEN 'INSERT' THEN 'after' ELSE 'before' END, (
                   SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(changed.row)
                   WHERE key = ANY(shown) AND value NOT IN ('null', '""', '[]', '{{}}')))
        FROM (SELECT to_jsonb(c) AS row FROM changed c) changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_about(subjects text[], r jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(split_part(s, '=', 1) || ':' || (r->>split_part(s, '=', 2))), '{{}}')
    FROM unnest(subjects) s WHERE r->>split_part(s, '=', 2) IS NOT NULL
$$;
"""
BACK = """
DO $$ DECLARE made record; BEGIN
    FOR made IN SELECT tgname, tgrelid::regclass AS on_table FROM pg_trigger
                WHERE tgname LIKE 'audit\\_%' AND NOT tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', made.tgname, made.on_table);
    END LOOP;
END $$;
DROP FUNCTION audit_write();
DROP FUNCTION audit_about(text[], jsonb);
DROP FUNCTION audit_chain(integer);
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_refuse_change();
DROP FUNCTION audit_refuse_deletion();
DROP FUNCTION audit_refuse_loss();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0031_counter_examples_set_aside'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('fault', models.TextField(blank=True)),
                ('document', models.TextField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('signature', models.CharField(max_length=128)),
            ],
            options={
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PendingEntry',
            fields=[
                ('at', models.DateTimeField(db_default=people.audit.entry.ClockNow())),
                ('user', models.IntegerField(null=True)),
                ('who', models.CharField(max_length=200)),
                ('key', models.BigIntegerField(null=True)),
                ('key_name', models.CharField(blank=True, db_default='', max_length=200)),
                ('address', models.CharField(blank=True, db_default='', max_length=64)),
                ('action', models.CharField(choices=[('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('looked', 'looked at'), ('listed', 'listed'), ('saw_pictures', 'saw pictures'), ('watched', 'began to watch live'), ('stopped_watching', 'stopped watching live'), ('searched', 'searched by a face'), ('recognised', 'had faces recognised'), ('verified', 'had faces compared'), ('exported', 'took a copy'), ('lost', 'entries were lost'), ('forgot', 'old entries were deleted'), ('emptied', 'details were erased')], max_length=20)),
                ('kind', models.CharField(max_length=60)),
                ('about', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), db_default=[], size=None)),
                ('detail', models.JSONField(null=True)),
                ('request_id', models.CharField(blank=True, db_default='', max_length=64)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('at', models.DateTimeField(db_default=people.audit.entry.ClockNow())),
                ('user', models.IntegerField(null=True)),
                ('who', models.CharField(max_length=200)),
                ('key', models.BigIntegerField(null=True)),
                ('key_name', models.CharField(blank=True, db_default='', max_length=200)),
                ('address', models.CharField(blank=True, db_default='', max_length=64)),
                ('action', models.CharField(choices=[('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('looked', 'looked at'), ('listed', 'listed'), ('saw_pictures', 'saw pictures'), ('watched', 'began to watch live'), ('stopped_watching', 'stopped watching live'), ('searched', 'searched by a face'), ('recognised', 'had faces recognised'), ('verified', 'had faces compared'), ('exported', 'took a copy'), ('lost', 'entries were lost'), ('forgot', 'old entries were deleted'), ('emptied', 'details were erased')], max_length=20)),
                ('kind', models.CharField(max_length=60)),
                ('about', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), db_default=[], size=None)),
                ('detail', models.JSONField(null=True)),
                ('request_id', models.CharField(blank=True, db_default='', max_length=64)),
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('ticket', models.BigIntegerField()),
                ('chained_at', models.DateTimeField()),
                ('salt', models.BinaryField(max_length=16, null=True)),
                ('detail_hash', models.BinaryField(max_length=32, null=True)),
                ('previous', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-number'],
                'permissions': [('view_audit', 'Can see who looked and who changed what')],
                'default_permissions': (),
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['about'], name='audit_about'), models.Index(fields=['who', '-number'], name='audit_who'), models.Index(fields=['action', '-number'], name='audit_action'), models.Index(fields=['kind', '-number'], name='audit_kind'), models.Index(fields=['at'], name='audit_at')],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read_people', "read people: people, photos, watchlists, the gallery's state"), ('write_people', 'write people: add, change, retire and delete them and their photos'), ('delete_everybody', 'delete everybody with one call'), ('recognise', 'recognise: find, name and compare faces in uploaded pictures'), ('read_encodings', 'read encodings of uploaded faces: biometric data'), ('read_sightings', 'read sightings: sightings, detections, their pictures, cameras'), ('search_sightings', 'search sightings by a face, and read them'), ('export_cases', 'hand sightings over as cases, and read them'), ('analyse_videos', 'have videos analysed, and read what was seen in them'), ('correct_sightings', 'correct sightings: say who they are, undo it, and read them'), ('manage_cameras', 'manage cameras: see, add, change and delete them'), ('read_alerts', 'read alerts and the rules that raise them'), ('work_off_alerts', 'acknowledge and close alerts, and read them'), ('manage_rules', 'manage rules: see, add, change and delete them, and read alerts'), ('manage_channels', 'manage channels: see, add, change, delete and test them, and read deliveries'), ('read_audit', 'read the audit: who looked and who changed what')], max_length=40), size=None),
        ),
    ]
