import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("owners", "0007_call_backs"),
        ("properties", "0003_community_work_calendar"),
        ("workorders", "0007_order_statistics"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutageConcern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told", models.CharField(blank=True, max_length=200, verbose_name="告知的话")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="concerns",
                        to="workorders.outage",
                        verbose_name="已知故障",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="owners.owner",
                        verbose_name="住户",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.unit",
                        verbose_name="房屋",
                    ),
                ),
            ],
            options={
                "verbose_name": "受影响的住户",
                "verbose_name_plural": "受影响的住户",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("outage", "owner"), name="workorders_outageconcern_once")
                ],
            },
        ),
    ]
