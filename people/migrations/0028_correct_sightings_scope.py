"""API keys can be given the scope of corrections."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0027_cases_and_videos'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read_people', "read people: people, photos, watchlists, the gallery's state"), ('write_people', 'write people: add, change, retire and delete them and their photos'), ('delete_everybody', 'delete everybody with one call'), ('recognise', 'recognise: find, name and compare faces in uploaded pictures'), ('read_encodings', 'read encodings of uploaded faces: biometric data'), ('read_sightings', 'read sightings: sightings, detections, their pictures, cameras'), ('search_sightings', 'search sightings by a face, and read them'), ('export_cases', 'hand sightings over as cases, and read them'), ('analyse_videos', 'have videos analysed, and read what was seen in them'), ('correct_sightings', 'correct sightings: say who they are, undo it, and read them'), ('manage_cameras', 'manage cameras: see, add, change and delete them')], max_length=40), size=None),
        ),
    ]
