"""Gives the application's database role its rights before any table of ours exists: DML on everything, present and future.

The operation log's own migration takes UPDATE, DELETE and TRUNCATE away again. With one role for both (DATABASE_OWNER_URL unset)
there is nothing to grant; `check --deploy` warns about it.
"""

from django.conf import settings
from django.db import migrations


def grant(apps, schema_editor):
    app, owner = settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER_ROLE
    if app == owner:
        return
    quote = schema_editor.quote_name
    to_app = f"TO {quote(app)}"
    for statement in (
        f"GRANT USAGE ON SCHEMA public {to_app}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public {to_app}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public {to_app}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES {to_app}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES {to_app}",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
