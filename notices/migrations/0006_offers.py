import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_reasons_on_the_board")]
    operations = [
        migrations.AddField(
            model_name="notice",
            name="offer_title",
            field=models.CharField(
                blank=True, default="", help_text="如：空调清洗团购", max_length=30, verbose_name="推荐标题"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notice",
            name="offer",
            field=models.TextField(
                blank=True,
                default="",
                help_text="只给同意营销信息的住户看，住户点“想了解”就转到在线咨询",
                max_length=300,
                validators=[django.core.validators.MaxLengthValidator(300)],
                verbose_name="推荐内容",
            ),
            preserve_default=False,
        ),
    ]
