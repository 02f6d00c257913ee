"""Says of alerts that are there already by which watchlist they were: by that of their rule, if it still has one."""

from django.db import migrations

FORWARD = """
UPDATE streams_alert alert SET watchlist_id = rule.watchlist_id FROM streams_rule rule
WHERE rule.id = alert.rule_id AND rule.watchlist_id IS NOT NULL AND alert.kind IN ('watchlist', 'nobody_came')
"""


class Migration(migrations.Migration):
    dependencies = [("streams", "0040_alerts_by_list")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
