"""A webhook's former signing key signs beside the new one for a time; and deliveries that were given up are counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("streams", "0034_arrangements")]

    operations = [
        migrations.AddField("channel", "old_key_until", models.DateTimeField(editable=False, null=True)),
        migrations.AddIndex(
            "delivery",
            models.Index(condition=models.Q(("state", "gave_up")), fields=["next_at"], name="delivery_given_up"),
        ),
    ]
