"""Which backups the site has made: they keep what is erased later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("streams", "0044_access_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="BackupTaken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                ("kept_until", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-taken_at", "-id"],
                "default_permissions": (),
            },
        ),
    ]
