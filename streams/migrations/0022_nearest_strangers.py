"""Finds the nearest of many strangers quickly, and numbers them: "Stranger 12" stays 12, and nobody else becomes it."""

from django.db import migrations

INDEX = """
CREATE INDEX stranger_encoding_near_{width} ON streams_strangerencoding
    USING hnsw ((vector::vector({width})) vector_l2_ops) WHERE vector_dims(vector) = {width}
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0021_indexes_of_strangers_and_edits")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE streams_stranger_number", "DROP SEQUENCE streams_stranger_number"),
        *(
            migrations.RunSQL(INDEX.format(width=width), f"DROP INDEX stranger_encoding_near_{width}")
            for width in (128, 256)
        ),
    ]
