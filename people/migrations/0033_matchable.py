"""Who is matchable, decided in the database: bases, the site's policy, and people who are never matched.

One view says it. Triggers write whoever comes or leaves into the log of the gallery's changes, and refuse every
encoding of somebody who is never matched, whoever writes it.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import people.records.object_names

# statement_timestamp(), not now(): a long transaction that has read the newest version must not go by an old clock.
# The policy is asked once for a query, and bases only of people whom it concerns.
VIEW = """
CREATE VIEW people_matchable AS
SELECT person.id AS person_id FROM people_person person
WHERE person.retired_at IS NULL AND person.never_match_at IS NULL AND (
    NOT COALESCE((SELECT needs_basis FROM people_sitepolicy WHERE id = 1), FALSE)
    AND NOT EXISTS (SELECT FROM people_basis withdrawn
                    WHERE withdrawn.person_id = person.id AND withdrawn.withdrawn_at IS NOT NULL)
    OR EXISTS (SELECT FROM people_basis valid
               WHERE valid.person_id = person.id AND valid.withdrawn_at IS NULL
                 AND valid.valid_from <= statement_timestamp()
                 AND (valid.valid_until IS NULL OR valid.valid_until > statement_timestamp())));
INSERT INTO people_sitepolicy (id, needs_basis) VALUES (1, FALSE);
"""
NO_VIEW = "DROP VIEW people_matchable;"

PEOPLE_CHANGED = """
CREATE OR REPLACE FUNCTION people_people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[]; added boolean;
BEGIN
    SELECT array_agg(id), bool_and(before.name = after.name AND {after}) INTO people, added
    FROM before JOIN after USING (id)
    WHERE before.name <> after.name OR ({before}) <> ({after});
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, added);
    END IF;
    RETURN NULL;
END $$;
"""
RETIRED = PEOPLE_CHANGED.format(before="before.retired_at IS NULL", after="after.retired_at IS NULL")
LEFT_OUT = PEOPLE_CHANGED.format(
    before="before.retired_at IS NULL AND before.never_match_at IS NULL",
    after="after.retired_at IS NULL AND after.never_match_at IS NULL",
)

LOG = """
CREATE FUNCTION people_bases_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[];
BEGIN
    SELECT array_agg(DISTINCT person_id) INTO people FROM changed;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, TG_OP = 'INSERT');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION people_bases_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[];
BEGIN
    SELECT array_agg(DISTINCT person) INTO people FROM (
        SELECT unnest(ARRAY[before.person_id, after.person_id]) person
        FROM before JOIN after USING (id)
        WHERE (before.person_id, before.valid_from, before.valid_until, before.withdrawn_at)
              IS DISTINCT FROM (after.person_id, after.valid_from, after.valid_until, after.withdrawn_at)) affected;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, FALSE);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gallery_bases_added AFTER INSERT ON people_basis
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_bases_changed();
CREATE TRIGGER gallery_bases_removed AFTER DELETE ON people_basis
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_bases_changed();
CREATE TRIGGER gallery_bases_rewritten AFTER UPDATE ON people_basis
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_bases_rewritten();
CREATE TRIGGER gallery_bases_emptied AFTER TRUNCATE ON people_basis
    FOR EACH STATEMENT EXECUTE FUNCTION people_everybody_changed();
CREATE TRIGGER gallery_policy AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF needs_basis ON people_sitepolicy
    FOR EACH STATEMENT EXECUTE FUNCTION people_everybody_changed();

-- What has begun or ended by the clock alone since the last look. It locks nothing while there is nothing.
CREATE FUNCTION people_note_bases_by_the_clock() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE at timestamptz := statement_timestamp(); since timestamptz; begun uuid[]; ended uuid[];
BEGIN
    SELECT swept_at INTO since FROM people_sitepolicy WHERE id = 1;
    IF NOT FOUND OR NOT (
        EXISTS (SELECT FROM people_basis WHERE valid_from > since AND valid_from <= at)
        OR EXISTS (SELECT FROM people_basis WHERE valid_until > since AND valid_until <= at)) THEN
        RETURN FALSE;
    END IF;
    SELECT swept_at INTO since FROM people_sitepolicy WHERE id = 1 FOR UPDATE;
    SELECT array_agg(DISTINCT person_id) INTO begun FROM people_basis WHERE valid_from > since AND valid_from <= at;
    SELECT array_agg(DISTINCT person_id) INTO ended FROM people_basis WHERE valid_until > since AND valid_until <= at;
    IF begun IS NULL AND ended IS NULL THEN
        RETURN FALSE;
    END IF;
    UPDATE people_sitepolicy SET swept_at = at WHERE id = 1;
    PERFORM people_note_gallery_change(array_cat(begun, ended), ended IS NULL);
    RETURN TRUE;
END $$;

CREATE FUNCTION people_basis_stays_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at THEN
        RAISE EXCEPTION 'a withdrawn basis stays withdrawn: add another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_stays_withdrawn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER basis_stays_withdrawn BEFORE UPDATE OF withdrawn_at ON people_basis
    FOR EACH ROW EXECUTE FUNCTION people_basis_stays_withdrawn();
"""
NO_LOG = """
DROP TRIGGER basis_stays_withdrawn ON people_basis;
DROP FUNCTION people_basis_stays_withdrawn();
DROP FUNCTION people_note_bases_by_the_clock();
DROP TRIGGER gallery_policy ON people_sitepolicy;
DROP TRIGGER gallery_bases_emptied ON people_basis;
DROP TRIGGER gallery_bases_rewritten ON people_basis;
DROP TRIGGER gallery_bases_removed ON people_basis;
DROP TRIGGER gallery_bases_added ON people_basis;
DROP FUNCTION people_bases_rewritten();
DROP FUNCTION people_bases_changed();
SELECT people_note_gallery_change(NULL, FALSE);
"""

# Locks keep the order of people/records/holding.py: person, photos, version. Whoever forbids a person locks the person's
# photos; whoever writes an encoding holds its photo. So the later of the two sees the earlier one. A photo that comes to
# a person holds the person for the same reason; a photo that is only decided on does not, as it is locked itself.
NEVER = """
CREATE FUNCTION people_photo_of_never_matched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id THEN
        PERFORM FROM people_person WHERE id = NEW.person_id FOR SHARE;
    END IF;
    IF EXISTS (SELECT FROM people_person WHERE id = NEW.person_id AND never_match_at IS NOT NULL) THEN
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM people_encoding WHERE photo_id = NEW.id;
        END IF;
        NEW.state := 'rejected';
        NEW.reason := 'never_match';
        NEW.reason_detail := '{}';
        NEW.claimed_by := '';
        NEW.second_look := FALSE;
        NEW.decided_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER never_match_photos BEFORE INSERT OR UPDATE OF state, person_id ON people_photo
    FOR EACH ROW EXECUTE FUNCTION people_photo_of_never_matched();

CREATE FUNCTION people_person_never_matched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM people_photo WHERE person_id = NEW.id ORDER BY id FOR UPDATE;
    DELETE FROM people_encoding USING people_photo photo WHERE photo.id = photo_id AND photo.person_id = NEW.id;
    UPDATE people_photo SET state = state WHERE person_id = NEW.id;  -- the trigger above rejects them
    RETURN NULL;
END $$;
CREATE TRIGGER never_match_people AFTER UPDATE OF never_match_at ON people_person
    FOR EACH ROW WHEN (OLD.never_match_at IS NULL AND NEW.never_match_at IS NOT NULL)
    EXECUTE FUNCTION people_person_never_matched();

CREATE FUNCTION people_refuse_encodings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM people_photo WHERE id IN (SELECT photo_id FROM changed) ORDER BY id FOR KEY SHARE;
    IF EXISTS (SELECT FROM changed JOIN people_photo photo ON photo.id = changed.photo_id
               JOIN people_person person ON person.id = photo.person_id WHERE person.never_match_at IS NOT NULL) THEN
        RAISE EXCEPTION 'nobody may make an encoding of somebody who is never matched'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'encoding_of_never_matched';
    END IF;
    RETURN NULL;
END $$;
-- By their names these come before the triggers that raise the version.
CREATE TRIGGER encodings_refused_added AFTER INSERT ON people_encoding
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_encodings();
CREATE TRIGGER encodings_refused_rewritten AFTER UPDATE ON people_encoding
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_encodings();
"""
NOT_NEVER = """
DROP TRIGGER encodings_refused_rewritten ON people_encoding;
DROP TRIGGER encodings_refused_added ON people_encoding;
DROP FUNCTION people_refuse_encodings();
DROP TRIGGER never_match_people ON people_person;
DROP FUNCTION people_person_never_matched();
DROP TRIGGER never_match_photos ON people_photo;
DROP FUNCTION people_photo_of_never_matched();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0032_audit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Matchable',
            fields=[
                ('person_id', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'people_matchable',
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='person',
            options={'ordering': ['name', 'id'], 'permissions': [('retire_person', 'Can retire and restore people'), ('forbid_matching', 'Can say that people are never matched, and take it back')], 'verbose_name_plural': 'people'},
        ),
        migrations.AddField(
            model_name='person',
            name='never_match_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name='SitePolicy',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('needs_basis', models.BooleanField(default=False, help_text='Nobody is recognised without a valid basis, such as their consent.')),
                ('swept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'verbose_name': 'policy of the site',
                'verbose_name_plural': 'policy of the site',
                'default_permissions': ('view', 'change'),
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='site_policy_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Basis',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('consent', 'consent'), ('contract', 'contract'), ('legal_duty', 'legal duty'), ('vital_interest', 'vital interest'), ('public_task', 'public task'), ('legitimate_interest', 'legitimate interest')], default='consent', max_length=20)),
                ('purpose', models.CharField(help_text='What the person is recognised for, such as “door of hall 2”.', max_length=300)),
                ('document', models.FileField(blank=True, max_length=200, upload_to=people.records.object_names.document_name)),
                ('document_title', models.CharField(blank=True, editable=False, max_length=255)),
                ('valid_from', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='from')),
                ('valid_until', models.DateTimeField(blank=True, help_text='Empty: until it is withdrawn.', null=True, verbose_name='until')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_who', models.CharField(blank=True, editable=False, max_length=200)),
                ('withdrawn_why', models.CharField(blank=True, editable=False, max_length=300)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bases', to='people.person')),
                ('recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'basis',
                'verbose_name_plural': 'bases',
                'ordering': ['-valid_from', 'id'],
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['person'], name='basis_withdrawn'), models.Index(fields=['valid_from'], name='basis_begins'), models.Index(condition=models.Q(('valid_until__isnull', False)), fields=['valid_until'], name='basis_ends')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['consent', 'contract', 'legal_duty', 'vital_interest', 'public_task', 'legitimate_interest'])), name='basis_kind_is_known'), models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='basis_has_a_purpose'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='basis_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None), ('withdrawn_who', ''), ('withdrawn_why', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_who', ''), _negated=True)), _connector='OR'), name='basis_withdrawal_says_who')],
            },
        ),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read_people', "read people: people, photos, watchlists, the gallery's state"), ('write_people', 'write people: add, change, retire and delete them and their photos'), ('delete_everybody', 'delete everybody with one call'), ('read_bases', 'read bases: on what ground people are recognised, and the documents'), ('write_bases', 'write bases: record and withdraw them, and read them'), ('recognise', 'recognise: find, name and compare faces in uploaded pictures'), ('read_encodings', 'read encodings of uploaded faces: biometric data'), ('read_sightings', 'read sightings: sightings, detections, their pictures, cameras'), ('search_sightings', 'search sightings by a face, and read them'), ('export_cases', 'hand sightings over as cases, and read them'), ('analyse_videos', 'have videos analysed, and read what was seen in them'), ('correct_sightings', 'correct sightings: say who they are, undo it, and read them'), ('manage_cameras', 'manage cameras: see, add, change and delete them'), ('read_alerts', 'read alerts and the rules that raise them'), ('work_off_alerts', 'acknowledge and close alerts, and read them'), ('manage_rules', 'manage rules: see, add, change and delete them, and read alerts'), ('manage_channels', 'manage channels: see, add, change, delete and test them, and read deliveries'), ('read_audit', 'read the audit: who looked and who changed what')], max_length=40), size=None),
        ),
        migrations.RunSQL(VIEW, NO_VIEW),
        migrations.RunSQL(LEFT_OUT, RETIRED),
        migrations.RunSQL(LOG, NO_LOG),
        migrations.RunSQL(NEVER, NOT_NEVER),
    ]
