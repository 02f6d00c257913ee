"""Encodings of 128 or 256 numbers in one column; going back drops those of 256, which the column before cannot hold."""

import django.db.models.lookups
import pgvector.django.vector
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('streams', '0010_limits_alike'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sightingencoding',
            name='vector',
            field=pgvector.django.vector.VectorField(),
        ),
        migrations.AddConstraint(
            model_name='sightingencoding',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.In(models.Func('vector', function='vector_dims', output_field=models.IntegerField()), [128, 256])), name='sighting_encoding_width'),
        ),
        migrations.RunSQL(
            migrations.RunSQL.noop, "DELETE FROM streams_sightingencoding WHERE vector_dims(vector) <> 128;"
        ),
    ]
