"""An import remembers how the names in its ZIP are read, and may ask first who the people are."""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


def stop_asking(apps: Any, _: Any) -> None:
    """On the way back: the release before knows no import that asks. `sweep_orphans` deletes their ZIPs."""
    asking = apps.get_model("people", "ImportJob").objects.filter(state="asking")
    asking.update(state="cancelled", file="", finished_at=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0018_folded_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='importjob',
            name='import_has_its_file_until_it_ends',
        ),
        migrations.RemoveConstraint(
            model_name='importjob',
            name='import_ends_with_a_time',
        ),
        migrations.AddField(
            model_name='importjob',
            name='encoding',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='importjob',
            name='layout',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='importjob',
            name='names',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='importjob',
            name='state',
            field=models.CharField(choices=[('asking', 'waits for your answer'), ('waiting', 'waiting'), ('working', 'being read'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', editable=False, max_length=10),
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('asking', 'waiting', 'working')), _negated=True), models.Q(('file', ''), _negated=True), _connector='OR'), name='import_has_its_file_until_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ('asking', 'waiting', 'working'))), models.Q(models.Q(('state__in', ('asking', 'waiting', 'working')), _negated=True), models.Q(('finished_at', None), _negated=True)), _connector='OR'), name='import_ends_with_a_time'),
        ),
        migrations.RunPython(migrations.RunPython.noop, stop_asking),
    ]
