from django.db import migrations, models

# Backwards: the release before does not know the state "ended", and runs such a camera again.
AGAIN = "UPDATE streams_camerastatus SET state = 'waiting', reason = '' WHERE state = 'ended'"


class Migration(migrations.Migration):
    dependencies = [
        ("streams", "0015_what_a_camera_is_told"),
    ]

    operations = [
        migrations.AlterField(
            model_name="camerastatus",
            name="state",
            field=models.CharField(
                choices=[
                    ("off", "off"),
                    ("asleep", "asleep"),
                    ("waiting", "waiting for a worker"),
                    ("connecting", "connecting"),
                    ("live", "live"),
                    ("stalled", "stalled"),
                    ("down", "down"),
                    ("ended", "ended"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, AGAIN),
    ]
