"""Names without accents for searching. Postgres makes them from the names, whoever writes these."""

from django.db import migrations, models

import people.records.search_name

# Immutable, so that a stored column can use it. Combining marks are what decomposing splits off; the letters below do
# not decompose.
FORWARD = """
CREATE FUNCTION people_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize($1, NFKD), '[\\u0300-\\u036f]', '', 'g')),
        'øłđðħıς’ʼ', 'olddhiσ'''''), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0021_gallery_changes")]
    operations = [
        migrations.RunSQL(FORWARD, "DROP FUNCTION people_plain(text);"),
        migrations.AddField(
            model_name="person",
            name="search_name",
            field=models.GeneratedField(
                db_persist=True,
                expression=people.records.search_name.Plain("name"),
                output_field=people.records.search_name.PlainText(),
            ),
        ),
    ]
