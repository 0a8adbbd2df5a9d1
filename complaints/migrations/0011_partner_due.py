from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0010_what_is_there_already")]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="partner_due",
            field=models.DateField(blank=True, null=True, verbose_name="对方答复期限"),
        ),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                condition=models.Q(("partner_due__isnull", False)),
                fields=["partner_due"],
                name="complaints_case_partner",
            ),
        ),
    ]
