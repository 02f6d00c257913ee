"""Counter-examples of people, whose changes reach galleries in memory as those of photos do."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
import pgvector.django.vector
from django.db import migrations, models

# Whom a new one protects must be protected at once, so it is no addition, which might wait.
FORWARD = """
CREATE FUNCTION people_counter_examples_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[]; encoded_by text;
BEGIN
    SELECT array_agg(DISTINCT person_id), CASE WHEN min(engine) = max(engine) THEN min(engine) END
    INTO people, encoded_by FROM changed;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, FALSE, encoded_by);
    END IF;
    RETURN NULL;
END $$;
-- Counting what they decide changes no gallery. Vectors of two widths cannot be compared.
CREATE FUNCTION people_counter_examples_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people uuid[];
BEGIN
    SELECT array_agg(DISTINCT person) INTO people FROM (
        SELECT unnest(ARRAY[before.person_id, after.person_id]) person
        FROM before JOIN after USING (id)
        WHERE before.person_id <> after.person_id OR before.engine <> after.engine
           OR CASE WHEN vector_dims(before.vector) = vector_dims(after.vector) THEN before.vector <> after.vector
              ELSE TRUE END) affected;
    IF people IS NOT NULL THEN
        PERFORM people_note_gallery_change(people, FALSE);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER gallery_counter_examples_added AFTER INSERT ON people_counterexample
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_counter_examples_changed();
CREATE TRIGGER gallery_counter_examples_removed AFTER DELETE ON people_counterexample
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION people_counter_examples_changed();
CREATE TRIGGER gallery_counter_examples_rewritten AFTER UPDATE ON people_counterexample
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION people_counter_examples_rewritten();
CREATE TRIGGER gallery_counter_examples_emptied AFTER TRUNCATE ON people_counterexample
    FOR EACH STATEMENT EXECUTE FUNCTION people_everybody_changed();
"""
# The triggers go with the table; whoever has a gallery in memory then reads everybody.
BACKWARD = """
SELECT people_note_gallery_change(NULL, FALSE);
DROP TRIGGER gallery_counter_examples_emptied ON people_counterexample;
DROP TRIGGER gallery_counter_examples_rewritten ON people_counterexample;
DROP TRIGGER gallery_counter_examples_removed ON people_counterexample;
DROP TRIGGER gallery_counter_examples_added ON people_counterexample;
DROP FUNCTION people_counter_examples_rewritten();
DROP FUNCTION people_counter_examples_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0025_gallery_changes_of_engines")]
    operations = [
        migrations.CreateModel(
            name="CounterExample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=100)),
                ("vector", pgvector.django.vector.VectorField()),
                ("sighting_id", models.UUIDField(db_index=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("who", models.CharField(blank=True, max_length=400)),
                ("decided", models.PositiveIntegerField(db_default=0, default=0)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counter_examples",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "verbose_name": "counter-example",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("person", "sighting_id"), name="counter_example_once_per_sighting"),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.In(
                                models.Func("vector", function="vector_dims", output_field=models.IntegerField()),
                                [128, 256],
                            )
                        ),
                        name="counter_example_width",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
