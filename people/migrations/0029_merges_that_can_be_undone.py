"""What merges of people have moved, so that they can be undone, and be done by a worker where it is much."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0028_correct_sightings_scope'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_id', models.UUIDField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('merging', 'being merged'), ('done', 'merged'), ('separating', 'being separated'), ('separated', 'separated again'), ('stopped', 'stopped')], max_length=10)),
                ('merged_row', models.JSONField(default=dict)),
                ('kept_row', models.JSONField(default=dict)),
                ('told_apart', models.JSONField(default=list)),
                ('dropped', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('moved', models.PositiveIntegerField(default=0)),
                ('ledger', models.BigIntegerField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='people.person')),
            ],
            options={
                'verbose_name': 'merge',
                'ordering': ['-at', '-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MovedRows',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(max_length=100)),
                ('ids', models.JSONField()),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='people.personmerge')),
            ],
            options={
                'verbose_name': 'rows moved by a merge',
                'verbose_name_plural': 'rows moved by merges',
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='personmerge',
            index=models.Index(fields=['old_id'], name='person_merge_old_id'),
        ),
        migrations.AddIndex(
            model_name='personmerge',
            index=models.Index(condition=models.Q(('state__in', ['merging', 'separating'])), fields=['id'], name='person_merge_working'),
        ),
        migrations.AddConstraint(
            model_name='personmerge',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['merging', 'done', 'separating', 'separated', 'stopped'])), name='person_merge_state'),
        ),
    ]
