"""The sign-in log can be written and read by the application, never changed."""

from django.conf import settings
from django.db import migrations


def protect(apps, schema_editor):
    app = settings.DATABASE_APP_ROLE
    if app == settings.DATABASE_OWNER_ROLE:
        return
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_signinentry FROM {schema_editor.quote_name(app)}")


class Migration(migrations.Migration):
    # Core's first migration grants on the tables that exist then; this one must come after it.
    dependencies = [("audit", "0001_initial"), ("core", "0001_database_roles")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
