"""Rules, alerts, channels and deliveries; a rule is switched off when nothing is left of what it named."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import streams.records.camera_settings
import streams.records.rule
import uuid
from django.conf import settings
from django.db import migrations, models


LOST_SUBJECT = """
CREATE FUNCTION streams_rule_lost_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_on := false;
    NEW.off_because := CASE WHEN OLD.person_id IS NULL THEN 'watchlist' ELSE 'person' END;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_lost_its_subject BEFORE UPDATE OF person_id, watchlist_id ON streams_rule FOR EACH ROW
    WHEN (NEW.kind = OLD.kind AND NEW.person_id IS NULL AND NEW.watchlist_id IS NULL
          AND NOT (OLD.person_id IS NULL AND OLD.watchlist_id IS NULL))
    EXECUTE FUNCTION streams_rule_lost_its_subject();
"""
KEPT_SUBJECT = """
DROP TRIGGER rule_lost_its_subject ON streams_rule;
DROP FUNCTION streams_rule_lost_its_subject();
"""
# At the end of the transaction, when the camera, group or channel is gone, too: an edit of the rule ends otherwise.
LOST_MEMBER = """
CREATE FUNCTION streams_rule_lost_{member}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM {table} WHERE id = OLD.{member}_id) THEN
        UPDATE streams_rule SET is_on = false, off_because = '{because}' WHERE id = OLD.rule_id AND {nothing_left};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rule_lost_{member} AFTER DELETE ON {members} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION streams_rule_lost_{member}();
"""
KEPT_MEMBER = """
DROP TRIGGER rule_lost_{member} ON {members};
DROP FUNCTION streams_rule_lost_{member}();
"""
NOWHERE = """
    NOT everywhere AND NOT EXISTS (SELECT 1 FROM streams_rule_cameras WHERE rule_id = OLD.rule_id)
    AND NOT EXISTS (SELECT 1 FROM streams_rule_camera_groups WHERE rule_id = OLD.rule_id)
"""
UNTOLD = "NOT EXISTS (SELECT 1 FROM streams_rule_channels WHERE rule_id = OLD.rule_id)"
MEMBERS = (
    ("camera", "streams_camera", "streams_rule_cameras", "cameras", NOWHERE),
    ("cameragroup", "streams_cameragroup", "streams_rule_camera_groups", "cameras", NOWHERE),
    ("channel", "streams_channel", "streams_rule_channels", "channels", UNTOLD),
)
NAMES = ("member", "table", "members", "because", "nothing_left")


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0029_merges_that_can_be_undone'),
        ('streams', '0024_cases_and_videos'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CameraOutage',
            fields=[
                ('camera', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='outage', serialize=False, to='streams.camera')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule_name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('person', 'a certain person'), ('watchlist', 'somebody on a watchlist'), ('enrolled', 'anybody enrolled'), ('unknown', 'an unknown person'), ('to_review', 'somebody who is only likely'), ('stranger_seen', 'a stranger who comes again'), ('camera_down', 'a camera that gives no pictures'), ('nobody_came', 'somebody who did not come')], max_length=16)),
                ('severity', models.CharField(choices=[('info', 'information'), ('warning', 'warning'), ('alarm', 'alarm')], max_length=10)),
                ('camera_name', models.CharField(blank=True, default='', max_length=200)),
                ('list_name', models.CharField(blank=True, default='', max_length=200)),
                ('subject', models.CharField(max_length=200)),
                ('verdict', models.CharField(blank=True, choices=[('match', 'certain'), ('review', 'likely'), ('unknown', 'unknown')], default='', max_length=10)),
                ('distance', models.FloatField(null=True)),
                ('looks', models.PositiveIntegerField(null=True)),
                ('count', models.PositiveIntegerField(null=True)),
                ('text', models.CharField(blank=True, default='', max_length=300)),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('captured_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('new', 'new'), ('acknowledged', 'acknowledged'), ('second', 'waits for a second person'), ('closed', 'closed')], default='new', max_length=12)),
                ('two_people', models.BooleanField(default=False)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_who', models.CharField(blank=True, default='', max_length=400)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_who', models.CharField(blank=True, default='', max_length=400)),
                ('decided', models.CharField(blank=True, choices=[('true', 'true'), ('false', 'false alarm'), ('unsure', 'unsure')], default='', max_length=10)),
                ('second_at', models.DateTimeField(null=True)),
                ('second_who', models.CharField(blank=True, default='', max_length=400)),
                ('second', models.CharField(blank=True, choices=[('true', 'true'), ('false', 'false alarm'), ('unsure', 'unsure')], default='', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('true', 'true'), ('false', 'false alarm'), ('unsure', 'unsure')], default='', max_length=10)),
                ('acknowledged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='streams.camera')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='people.person')),
                ('second_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sighting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='streams.sighting')),
                ('stranger', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='streams.stranger')),
            ],
            options={
                'ordering': ['-raised_at', '-id'],
                'permissions': [('work_off_alert', 'Can acknowledge and close alerts')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('webhook', 'webhook'), ('email', 'e-mail'), ('mqtt', 'MQTT'), ('apprise', 'Apprise')], max_length=10)),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('address', models.JSONField(default=dict)),
                ('sealed_secret', models.TextField(blank=True, default='', editable=False)),
                ('everywhere', models.BooleanField(default=True, verbose_name='all cameras')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('last_ok_at', models.DateTimeField(editable=False, null=True)),
                ('last_problem', models.CharField(blank=True, default='', editable=False, max_length=300)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('camera_groups', models.ManyToManyField(blank=True, related_name='channels', to='streams.cameragroup')),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('alert', 'an alert'), ('test', 'a test'), ('summary', 'a summary of many alerts'), ('state', 'the state of a camera')], default='alert', max_length=10)),
                ('body', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('gave_up', 'given up'), ('held', 'told in a summary')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claimed_by', models.CharField(blank=True, default='', max_length=100)),
                ('next_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_reason', models.CharField(blank=True, default='', max_length=300)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sent_at', models.DateTimeField(null=True)),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='streams.alert')),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='streams.channel')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['-made_at', '-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('off_because', models.CharField(blank=True, choices=[('person', 'its person was deleted'), ('watchlist', 'its watchlist was deleted'), ('cameras', 'its cameras were deleted'), ('channels', 'its channels were deleted')], default='', editable=False, max_length=12)),
                ('kind', models.CharField(choices=[('person', 'a certain person'), ('watchlist', 'somebody on a watchlist'), ('enrolled', 'anybody enrolled'), ('unknown', 'an unknown person'), ('to_review', 'somebody who is only likely'), ('stranger_seen', 'a stranger who comes again'), ('camera_down', 'a camera that gives no pictures'), ('nobody_came', 'somebody who did not come')], default='unknown', max_length=16, verbose_name='what it waits for')),
                ('times', models.PositiveSmallIntegerField(default=3, help_text='Of a stranger who comes again: from which visit on.', validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(1000)], verbose_name='visits')),
                ('minutes', models.PositiveSmallIntegerField(default=5, help_text='Of a camera: how long it gives no pictures.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)])),
                ('everywhere', models.BooleanField(default=True, verbose_name='all cameras')),
                ('hours', models.TextField(blank=True, default='', help_text='In the time of the site, such as Mon-Fri 07:00-19:00; Sat 22:00-02:00. Empty: always.', max_length=1000, validators=[streams.records.camera_settings.validate_hours])),
                ('outside_hours', models.BooleanField(default=False, verbose_name='outside of these hours')),
                ('exceptions', models.TextField(blank=True, default='', help_text='Days on which other hours hold, such as 2026-12-24 to 2026-12-26 never; 2026-12-31 08:00-12:00.', max_length=2000, validators=[streams.records.rule.validate_exceptions])),
                ('certainty', models.CharField(choices=[('certain', 'certain'), ('likely', 'certain or likely')], default='certain', help_text='Of a name.', max_length=10, verbose_name='how sure')),
                ('looks', models.PositiveSmallIntegerField(default=3, help_text='How many looks at the face must agree.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)])),
                ('severity', models.CharField(choices=[('info', 'information'), ('warning', 'warning'), ('alarm', 'alarm')], default='warning', max_length=10)),
                ('cool_down_s', models.PositiveIntegerField(default=300, help_text='After an alert it raises no other about the same person at the same camera for so long.', validators=[django.core.validators.MaxValueValidator(604800)], verbose_name='seconds of quiet')),
                ('text', models.CharField(blank=True, default='', help_text="What the alert says; empty: a sentence of the site's.", max_length=300, validators=[streams.records.rule.validate_text])),
                ('two_people', models.BooleanField(default=False, help_text='An alert counts as true or false once two people say so.', verbose_name='two people decide')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('looked_until', models.DateTimeField(editable=False, null=True)),
                ('camera_groups', models.ManyToManyField(blank=True, related_name='rules', to='streams.cameragroup')),
                ('cameras', models.ManyToManyField(blank=True, related_name='rules', to='streams.camera')),
                ('channels', models.ManyToManyField(blank=True, related_name='rules', to='streams.channel')),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rules', to='people.person')),
                ('watchlist', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rules', to='people.watchlist')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='alert',
            name='rule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='streams.rule'),
        ),
        migrations.CreateModel(
            name='RuleQuiet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200)),
                ('until', models.DateTimeField()),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quiet', to='streams.rule')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AlertNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('who', models.CharField(max_length=400)),
                ('text', models.TextField(max_length=2000)),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='streams.alert')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'id'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='alert_note_says_something')],
            },
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='channel_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['webhook', 'email', 'mqtt', 'apprise'])), name='channel_kind'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('failing_since', None), models.Q(('last_problem', ''), _negated=True), _connector='OR'), name='channel_failing_says_why'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_at'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['channel', '-made_at'], name='delivery_of_channel'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['-made_at'], name='delivery_newest'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'test', 'summary', 'state'])), name='delivery_kind'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sent', 'gave_up', 'held'])), name='delivery_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alert__isnull', False), ('kind', 'alert')), models.Q(('kind', 'alert'), _negated=True), _connector='OR'), name='delivery_of_an_alert'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='delivery_sent_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'alert')), fields=('channel', 'alert'), name='delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='rule_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'watchlist', 'enrolled', 'unknown', 'to_review', 'stranger_seen', 'camera_down', 'nobody_came'])), name='rule_kind'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('certainty__in', ['certain', 'likely'])), name='rule_certainty'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['info', 'warning', 'alarm'])), name='rule_severity'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('is_on', False), models.Q(('kind', 'person'), ('person__isnull', False), ('watchlist', None)), models.Q(('kind', 'watchlist'), ('person', None), ('watchlist__isnull', False)), models.Q(('kind', 'nobody_came'), models.Q(('person', None), ('watchlist', None), _negated=True)), models.Q(models.Q(('kind__in', ['person', 'watchlist', 'nobody_came']), _negated=True), ('person', None), ('watchlist', None)), _connector='OR'), name='rule_names_whom_it_waits_for'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('off_because', ''), ('is_on', False), _connector='OR'), name='rule_off_because'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('times__gte', 2)), name='rule_times_from_2'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gte', 1)), name='rule_minutes_from_1'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('looks__gte', 1), ('looks__lte', 12)), name='rule_looks_range'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('cool_down_s__lte', 604800)), name='rule_cool_down_range'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['-raised_at', '-id'], name='alert_newest'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['-raised_at', '-id'], name='alert_open'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('outcome', 'false')), fields=['rule'], name='alert_false'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('rule', 'sighting'), name='alert_once_a_sighting'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['camera_down', 'nobody_came'])), fields=('rule', 'subject'), name='alert_once_a_subject'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'watchlist', 'enrolled', 'unknown', 'to_review', 'stranger_seen', 'camera_down', 'nobody_came'])), name='alert_kind'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['info', 'warning', 'alarm'])), name='alert_severity'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'acknowledged', 'second', 'closed'])), name='alert_state'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledged_at', None), models.Q(('acknowledged_who', ''), _negated=True), _connector='OR'), name='alert_acknowledged_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided__in', ['true', 'false', 'unsure']), ('decided_at__isnull', False), ('state__in', ('second', 'closed')), models.Q(('decided_who', ''), _negated=True)), models.Q(models.Q(('state__in', ('second', 'closed')), _negated=True), ('decided', ''), ('decided_at', None)), _connector='OR'), name='alert_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['true', 'false', 'unsure']), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('outcome', '')), _connector='OR'), name='alert_closed_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), ('two_people', True), _negated=True), models.Q(('second__in', ['true', 'false', 'unsure']), ('second_at__isnull', False), models.Q(('second_who', ''), _negated=True)), _connector='OR'), name='alert_second_person_decides'),
        ),
        migrations.AddConstraint(
            model_name='rulequiet',
            constraint=models.UniqueConstraint(fields=('rule', 'subject'), name='rule_quiet_once'),
        ),
        migrations.RunSQL(LOST_SUBJECT, KEPT_SUBJECT),
        *(
            migrations.RunSQL(
                LOST_MEMBER.format(**dict(zip(NAMES, each))), KEPT_MEMBER.format(**dict(zip(NAMES, each)))
            )
            for each in MEMBERS
        ),
    ]
