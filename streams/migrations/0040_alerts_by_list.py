"""Alerts know the watchlist by which they were, and may tell that an entry was suspended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0036_four_eyes'),
        ('streams', '0039_discarded_strangers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_kind',
        ),
        migrations.AddField(
            model_name='alert',
            name='watchlist',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='people.watchlist'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('person', 'a certain person'), ('watchlist', 'somebody on a watchlist'), ('enrolled', 'anybody enrolled'), ('unknown', 'an unknown person'), ('to_review', 'somebody who is only likely'), ('stranger_seen', 'a stranger who comes again'), ('camera_down', 'a camera that gives no pictures'), ('nobody_came', 'somebody who did not come'), ('suspended', 'somebody who raises no alerts any more')], max_length=16),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('watchlist__isnull', False)), fields=['watchlist', 'person', '-raised_at'], name='alert_of_entry'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'watchlist', 'enrolled', 'unknown', 'to_review', 'stranger_seen', 'camera_down', 'nobody_came', 'suspended'])), name='alert_kind'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('second_by', None), ('decided_by', None), models.Q(('second_by', models.F('decided_by')), _negated=True), _connector='OR'), name='alert_second_is_another'),
        ),
    ]
