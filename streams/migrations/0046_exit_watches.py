"""When cameras at exits gave pictures: in between nobody saw who left."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('streams', '0045_backups_taken'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExitWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_watches', to='streams.camera')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['camera', '-until'], name='exit_watch_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('began'))), name='exit_watch_in_order')],
            },
        ),
    ]
