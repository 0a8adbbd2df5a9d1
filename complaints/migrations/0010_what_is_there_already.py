from django.db import migrations


class Migration(migrations.Migration):
    """Improvements that wait get their reminders (the hour is moved into working hours when they are told), and what was said in calls about
    cases that are confidential is about the case from now on, as services.marks.hide does it."""

    dependencies = [("complaints", "0009_improvement_steps"), ("owners", "0010_lists")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO complaints_improvementstep (complaint_id, level, at)
            SELECT c.id, step.level, (c.improvement_due + step.days)::timestamp AT TIME ZONE 'Asia/Shanghai'
              FROM complaints_complaint c
             CROSS JOIN (VALUES ('due', 0), ('overdue', 1), ('supervisor', 6)) AS step(level, days)
             WHERE c.improvement_due IS NOT NULL AND c.improved_on IS NULL
               AND (step.level <> 'due' OR c.improvement_due >= CURRENT_DATE)
                ON CONFLICT DO NOTHING
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """
            CREATE TEMPORARY TABLE said_in_confidence ON COMMIT DROP AS
            SELECT r.id, r.unit_id, t.source_id AS complaint
              FROM owners_callbacktask t
              JOIN complaints_complaint c ON c.id = t.source_id AND c.confidential
              JOIN owners_contactrecord r ON r.source_type = 'owners.callbacktask' AND r.source_id = t.id
             WHERE t.source_type = 'complaints.complaint';
            DELETE FROM owners_timelineentry e USING said_in_confidence s
             WHERE e.unit_id = s.unit_id AND e.source_type = 'owners.contactrecord' AND e.source_id = s.id;
            UPDATE owners_contactrecord r SET source_type = 'complaints.complaint', source_id = s.complaint
              FROM said_in_confidence s WHERE r.id = s.id;
            """,
            migrations.RunSQL.noop,
        ),
    ]
