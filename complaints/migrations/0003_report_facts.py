from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_enquiries")]

    operations = [
        migrations.CreateModel(
            name="CityFormula",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("city", models.CharField(editable=False, max_length=20, unique=True, verbose_name="城市")),
                ("responded", models.CharField(blank=True, max_length=300, verbose_name="响应率口径")),
                ("resolved", models.CharField(blank=True, max_length=300, verbose_name="解决率口径")),
                ("satisfied", models.CharField(blank=True, max_length=300, verbose_name="满意率口径")),
                (
                    "basis",
                    models.CharField(blank=True, help_text="文件名称或文号", max_length=100, verbose_name="依据"),
                ),
            ],
            options={
                "verbose_name": "12345 三率口径",
                "verbose_name_plural": "12345 三率口径",
                "ordering": ["city"],
                "default_permissions": ("change",),
            },
        ),
        migrations.AddField(
            model_name="complaint",
            name="late_clocks",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="complaint",
            name="met_clocks",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        # What the clock services copy from now on, for the cases that are there.
        migrations.RunSQL(
            """
            UPDATE complaints_complaint SET met_clocks = c.met, late_clocks = c.late
              FROM (SELECT complaint_id, bit_or(CASE WHEN met_at IS NOT NULL THEN bit ELSE 0 END) AS met,
                           bit_or(CASE WHEN late THEN bit ELSE 0 END) AS late
                      FROM complaints_complaintclock
                      JOIN (VALUES ('accept', 1), ('report_up', 2), ('first', 4), ('progress', 8), ('complete', 16), ('sign', 32),
                                   ('city_end', 64)) AS bits(name, bit) ON name = clock
                     GROUP BY complaint_id) AS c
             WHERE c.complaint_id = complaints_complaint.id AND (c.met, c.late) <> (0, 0)
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(model_name="complaint", name="complaints_case_received"),
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                fields=["community", "received_at"],
                include=(
                    "id",
                    "kind",
                    "status",
                    "source",
                    "level",
                    "category",
                    "topic",
                    "responsibility",
                    "building",
                    "handler",
                    "team",
                    "cause",
                    "confidential",
                    "recorded_by",
                    "accused_team",
                    "accepted_at",
                    "first_answer_at",
                    "next_due_at",
                    "repeat_count",
                    "redo_count",
                    "outcome",
                    "ending",
                    "met_clocks",
                    "late_clocks",
                ),
                name="complaints_case_received",
            ),
        ),
    ]
