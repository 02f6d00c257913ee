"""Corrections of faces in videos: who said what, and what the analysis says beside it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0031_counter_examples_set_aside'),
        ('streams', '0030_naming_strangers'),
    ]

    operations = [
        migrations.AddField(
            model_name='videosighting',
            name='edit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='streams.identityedit'),
        ),
        migrations.AddField(
            model_name='videosighting',
            name='is_no_face',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='videosighting',
            name='machine_person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='videosighting',
            name='machine_verdict',
            field=models.CharField(choices=[('match', 'certain'), ('review', 'likely'), ('unknown', 'unknown')], max_length=10, null=True),
        ),
        migrations.AddConstraint(
            model_name='videosighting',
            constraint=models.CheckConstraint(condition=models.Q(('is_no_face', False), ('verdict', 'unknown'), _connector='OR'), name='video_sighting_no_face_is_nobody'),
        ),
    ]
