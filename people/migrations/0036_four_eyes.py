"""Proposals that two people decide, entries that are suspended, and what watchlists ask for."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0035_keeping'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('entry', 'put somebody on a watchlist'), ('revive', 'revive a suspended entry'), ('certainty', 'let a rule be less sure'), ('option', 'let one person alone decide')], max_length=10)),
                ('person_id', models.UUIDField(null=True)),
                ('rule_id', models.UUIDField(null=True)),
                ('asked', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=500)),
                ('proposer', models.IntegerField()),
                ('proposed_who', models.CharField(max_length=400)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'waits for a second person'), ('confirmed', 'confirmed'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('expired', 'expired')], default='open', max_length=10)),
                ('decider', models.IntegerField(null=True)),
                ('decided_who', models.CharField(blank=True, default='', max_length=400)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_why', models.CharField(blank=True, default='', max_length=500)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-proposed_at', '-id'],
                'permissions': [('decide_proposal', 'Can decide on what others propose for watchlists')],
                'default_permissions': ('view', 'add'),
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('false', models.PositiveIntegerField()),
                ('closed', models.PositiveIntegerField()),
                ('alert_id', models.UUIDField(null=True)),
                ('revived_at', models.DateTimeField(null=True)),
                ('revived_who', models.CharField(blank=True, default='', max_length=400)),
                ('revived_why', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='watchlist',
            name='false_limit',
            field=models.PositiveSmallIntegerField(blank=True, help_text='After so many somebody on it raises no alerts any more, until their entry is revived. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='false alarms'),
        ),
        migrations.AddField(
            model_name='watchlist',
            name='false_of_last',
            field=models.PositiveSmallIntegerField(default=10, help_text='Of how many closed alerts about the person by this list.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='of the latest alerts'),
        ),
        migrations.AddField(
            model_name='watchlist',
            name='two_people',
            field=models.BooleanField(default=False, help_text='One proposes whom to put on it, another one confirms; so are alerts, suspended entries, and rules that are to be less sure.', verbose_name='two people decide'),
        ),
        migrations.AddConstraint(
            model_name='watchlist',
            constraint=models.CheckConstraint(condition=models.Q(('false_of_last__gte', 1), ('false_of_last__lte', 100), models.Q(('false_limit', None), models.Q(('false_limit__gte', 1), ('false_limit__lte', models.F('false_of_last'))), _connector='OR')), name='watchlist_false_limit_range'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='watchlist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='people.watchlist'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suspensions', to='people.person'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='watchlist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suspensions', to='people.watchlist'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['-proposed_at', '-id'], name='proposal_newest'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['person_id'], name='proposal_person'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['entry', 'revive', 'certainty', 'option'])), name='proposal_kind'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'confirmed', 'refused', 'withdrawn', 'expired'])), name='proposal_state'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('proposed_who', ''), _negated=True)), name='proposal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('entry', 'revive')), ('person_id__isnull', False), ('rule_id', None)), models.Q(('kind', 'certainty'), ('person_id', None), ('rule_id__isnull', False)), models.Q(('kind', 'option'), ('person_id', None), ('rule_id', None)), _connector='OR'), name='proposal_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('confirmed', 'refused')), _negated=True), models.Q(('decider__isnull', False), models.Q(('decider', models.F('proposer')), _negated=True)), _connector='OR'), name='proposal_two_people'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('confirmed', 'refused')), models.Q(('decided_who', ''), _negated=True)), models.Q(models.Q(('state__in', ('confirmed', 'refused')), _negated=True), ('decided_who', ''), ('decider', None)), _connector='OR'), name='proposal_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('used_at', None), ('state', 'confirmed'), _connector='OR'), name='proposal_used_once_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('kind', 'watchlist', 'person_id', 'rule_id'), name='proposal_open_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='suspension',
            index=models.Index(condition=models.Q(('revived_at', None)), fields=['watchlist', 'person'], name='suspension_holds'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revived_at', None), ('revived_who', ''), ('revived_why', '')), models.Q(('revived_at__isnull', False), models.Q(('revived_who', ''), _negated=True), models.Q(('revived_why', ''), _negated=True)), _connector='OR'), name='suspension_revived_says_why'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('closed__gte', models.F('false')), ('false__gte', 1)), name='suspension_counts'),
        ),
    ]
