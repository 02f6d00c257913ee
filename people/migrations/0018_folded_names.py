"""People are found by their names whatever the case and form of the letters; people of the same name stay as they are."""

from typing import Any

from django.db import migrations, models

from people.records.folded_name import FoldedNameField, fill_in


def fold(apps: Any, _: Any) -> None:
    fill_in(apps.get_model("people", "Person").objects)


class Migration(migrations.Migration):
    dependencies = [("people", "0017_built_in_roles")]

    operations = [
        migrations.AddField("person", "folded_name", FoldedNameField()),
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.AddIndex("person", models.Index(fields=["folded_name"], name="person_folded_name")),
    ]
