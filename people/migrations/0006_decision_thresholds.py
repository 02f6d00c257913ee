"""Thresholds of the site, with a history; new ones raise the gallery's version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Cameras look at the version: a change of the thresholds reaches them as a change of the gallery does, within seconds.
FORWARD = """
CREATE TRIGGER gallery_thresholds AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_decisionthresholds
    FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_changed();
"""
BACKWARD = "DROP TRIGGER gallery_thresholds ON people_decisionthresholds;"


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_engine_choice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionThresholds',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('engine', models.CharField(max_length=100)),
                ('match', models.FloatField()),
                ('review', models.FloatField()),
                ('margin', models.FloatField(default=0.0)),
                ('wanted_rate', models.FloatField(null=True)),
                ('reason', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'decision thresholds',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['engine', '-id'], name='thresholds_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('match__gt', 0), ('match__lte', models.F('review')), ('review__lte', 2), ('margin__gte', 0)), name='thresholds_in_order'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='thresholds_say_why')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
