"""A right of its own to make a new person of a stranger."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("streams", "0029_strangers_in_sight")]

    operations = [
        migrations.AlterModelOptions(
            name="stranger",
            options={
                "default_permissions": ("view",),
                "ordering": ["-last_seen_at", "-id"],
                "permissions": [
                    ("edit_strangers", "Can name, join, split, ignore and forget strangers"),
                    ("name_stranger", "Can make a new person of a stranger, who is enrolled with chosen pictures"),
                ],
            },
        ),
    ]
