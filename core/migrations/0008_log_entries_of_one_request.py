from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_inbox_ways"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="logentry",
            index=models.Index(
                fields=["request_id", "id"], name="core_log_request", condition=~models.Q(request_id="")
            ),
        ),
    ]
