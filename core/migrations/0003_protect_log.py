"""The operation log can be written and read by the application, never changed: its role keeps INSERT and SELECT only."""

from django.conf import settings
from django.db import migrations


def protect(apps, schema_editor):
    app = settings.DATABASE_APP_ROLE
    if app == settings.DATABASE_OWNER_ROLE:
        return
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON core_logentry FROM {schema_editor.quote_name(app)}")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
