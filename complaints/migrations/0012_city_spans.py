import django.core.validators
from django.db import migrations, models


def span(label):
    checks = [django.core.validators.MinValueValidator(1)]
    return models.PositiveSmallIntegerField(blank=True, null=True, validators=checks, verbose_name=label)


class Migration(migrations.Migration):
    """How long each class of a 12345 case may take. Beijing's row is seeded where there is none; one that is there gets its spans here."""

    dependencies = [("complaints", "0011_partner_due")]

    operations = [
        migrations.AddField(
            model_name="citycase",
            name="city_class",
            field=models.CharField(
                blank=True,
                choices=[("urgent", "突发"), ("utility", "水电气热"), ("plain", "一般"), ("complex", "复杂")],
                default="",
                max_length=8,
                verbose_name="诉求类型",
            ),
            preserve_default=False,
        ),
        migrations.AddField("cityformula", "urgent_hours", span("突发办结（小时）")),
        migrations.AddField("cityformula", "utility_hours", span("水电气热办结（小时）")),
        migrations.AddField("cityformula", "plain_days", span("一般办结（天）")),
        migrations.AddField("cityformula", "complex_days", span("复杂办结（天）")),
        migrations.RunSQL(
            """
            UPDATE complaints_cityformula SET urgent_hours = 2, utility_hours = 24, plain_days = 7, complex_days = 15
             WHERE city = '北京市'
            """,
            migrations.RunSQL.noop,
        ),
    ]
