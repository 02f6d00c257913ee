"""Says of a photo that it lay on its side and was turned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0022_search_name")]
    operations = [
        migrations.AddField(
            model_name="photo",
            name="turned_degrees",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
