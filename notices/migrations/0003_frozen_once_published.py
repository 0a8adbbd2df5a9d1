"""What has been published stays as it was read: the database itself refuses to change text and audience, whoever asks.

Every column that may still change is named; a column added later is frozen until somebody decides otherwise.
"""

from django.db import migrations

FREEZE = """
CREATE FUNCTION notices_freeze_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := '{status,withdrawn_at,withdraw_reason,household_count,person_count,delivered_count,read_count,pinned,updated_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'notice % has been published and stays', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
       OR (OLD.status = 'published' AND NEW.status NOT IN ('published', 'withdrawn', 'expired'))
       OR (OLD.status <> 'published' AND NEW.status <> OLD.status) THEN
        RAISE EXCEPTION 'notice % has been published and is frozen', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notices_freeze_notice BEFORE UPDATE OR DELETE ON notices_notice FOR EACH ROW
    WHEN (OLD.status IN ('published', 'withdrawn', 'expired')) EXECUTE FUNCTION notices_freeze_notice();

CREATE FUNCTION notices_freeze_audience() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    notice bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.notice_id ELSE OLD.notice_id END;
BEGIN
    -- A saved view may be deleted; what it said stays in the rule.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'view_id' = to_jsonb(OLD) - 'view_id' THEN
        RETURN NEW;
    END IF;
    -- Waits for a publication under way.
    PERFORM 1 FROM notices_notice WHERE id = notice FOR SHARE;
    IF EXISTS (SELECT 1 FROM notices_notice WHERE id = notice AND status IN ('published', 'withdrawn', 'expired')) THEN
        RAISE EXCEPTION 'the audience of notice % is frozen', notice USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER notices_freeze_audience BEFORE INSERT OR UPDATE OR DELETE ON notices_audiencerule
    FOR EACH ROW EXECUTE FUNCTION notices_freeze_audience();
"""
THAW = """
DROP TRIGGER notices_freeze_audience ON notices_audiencerule;
DROP FUNCTION notices_freeze_audience();
DROP TRIGGER notices_freeze_notice ON notices_notice;
DROP FUNCTION notices_freeze_notice();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_notices")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
