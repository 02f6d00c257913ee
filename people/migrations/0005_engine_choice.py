"""The engine in use is a choice with a history; a new one raises the gallery's version."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Cameras look at the version: a change of the engine reaches them as a change of the gallery does, within seconds.
FORWARD = """
CREATE TRIGGER gallery_engine AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_enginechoice
    FOR EACH STATEMENT EXECUTE FUNCTION people_encodings_changed();
"""
# What a gallery that is there already was made with.
ADOPT = """
INSERT INTO people_enginechoice (engine, previous, missing_photos, chosen_at)
SELECT engine, '', 0, clock_timestamp() FROM people_encoding GROUP BY engine ORDER BY count(*) DESC LIMIT 1;
"""
BACKWARD = "DROP TRIGGER gallery_engine ON people_enginechoice;"


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_gallery_version_survives_truncation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EngineChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('engine', models.CharField(max_length=100)),
                ('previous', models.CharField(blank=True, max_length=100)),
                ('missing_photos', models.PositiveIntegerField(default=0)),
                ('chosen_at', models.DateTimeField(auto_now_add=True)),
                ('chosen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('engine', ''), _negated=True), name='engine_choice_names_an_engine'), models.CheckConstraint(condition=models.Q(('engine', models.F('previous')), _negated=True), name='engine_choice_changes_it')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(ADOPT, migrations.RunSQL.noop),
    ]
