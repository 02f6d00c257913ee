"""Keeps the counter-examples that a merge sets aside, so that its undo can bring them back."""

import django.db.models.deletion
import django.db.models.lookups
import pgvector.django.vector
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0030_rules_alerts_channels_scopes'),
    ]

    operations = [
        migrations.CreateModel(
            name='SetAsideCounterExample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_merged', models.BooleanField()),
                ('engine', models.CharField(max_length=100)),
                ('vector', pgvector.django.vector.VectorField()),
                ('sighting_id', models.UUIDField(db_index=True)),
                ('at', models.DateTimeField()),
                ('who', models.CharField(blank=True, max_length=400)),
                ('decided', models.PositiveIntegerField(default=0)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='set_aside', to='people.personmerge')),
            ],
            options={
                'verbose_name': 'counter-example set aside',
                'verbose_name_plural': 'counter-examples set aside',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('merge', 'is_merged', 'sighting_id'), name='set_aside_once'), models.CheckConstraint(condition=models.Q(django.db.models.lookups.In(models.Func('vector', function='vector_dims', output_field=models.IntegerField()), [128, 256])), name='set_aside_width')],
            },
        ),
    ]
