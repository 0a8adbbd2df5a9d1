from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_unknown_deliveries"),
        ("owners", "0007_call_backs"),
        ("properties", "0004_units_follow_their_building"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="delivery",
            name="notices_delivery_board",
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["source_type", "source_id", "building", "unit"],
                include=("status", "reason", "read_at", "told_at"),
                name="notices_delivery_board",
            ),
        ),
    ]
