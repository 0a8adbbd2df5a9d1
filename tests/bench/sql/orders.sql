-- A million repairs of three years, a tenth of them open, as the services would have left them. Set-based, because a service call costs
-- milliseconds. %(orders)s how many; what belongs to them follows from the temporary tables of draws, so that it fits together.

SELECT setseed(0.42);

CREATE TEMP TABLE spot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY u.id) AS n, u.id AS unit_id, NULL::bigint AS place_id, u.building_id, u.community_id,
       b.number || '栋' || CASE WHEN u.entrance = '' THEN '' ELSE u.entrance || '单元' END || u.number AS address,
       o.id AS owner_id, left(coalesce(o.name, '住户家属'), 30) AS name, p.number_index, p.number_last4
  FROM properties_unit u JOIN properties_building b ON b.id = u.building_id
  LEFT JOIN LATERAL (SELECT owner_id FROM owners_tenure t WHERE t.unit_id = u.id AND t."end" IS NULL ORDER BY t.id LIMIT 1) t ON true
  LEFT JOIN owners_owner o ON o.id = t.owner_id
  LEFT JOIN LATERAL (SELECT number_index, number_last4 FROM owners_ownerphone p WHERE p.owner_id = o.id ORDER BY p.id LIMIT 1) p ON true
 WHERE u.disabled_at IS NULL;

CREATE TEMP TABLE public_spot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) AS n, id AS place_id, building_id, community_id, name AS address FROM properties_place;

CREATE TEMP TABLE hand ON COMMIT DROP AS
SELECT community_id, array_agg(user_id ORDER BY id) AS users FROM workorders_repairer GROUP BY 1;

CREATE TEMP TABLE rule ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY r.id) AS n, r.kind_id, r.category_id, r.urgency, k.name FROM workorders_repairrule r
  JOIN core_dictitem k ON k.id = r.kind_id;

-- What chance decides, once for each order. Their numbers rise with time; what is recent is open more often than not.
CREATE TEMP TABLE draw ON COMMIT DROP AS
SELECT n, now() - (1 - n / %(orders)s::float8) * interval '1095 days' - random() * interval '10 minutes' AS at, random() AS r_open,
       random() AS r_state, random() AS r_who, random() AS r_kind, random() AS r_due, random() AS r_took, random() AS r_late,
       random() AS r_rework, random() AS r_stars, random() AS r_material, random() AS r_spot, random() AS r_where
  FROM generate_series(1, %(orders)s) n;

CREATE TEMP TABLE fate ON COMMIT DROP AS
WITH spots AS (SELECT count(*) AS units FROM spot), places AS (SELECT count(*) AS places FROM public_spot),
     rules AS (SELECT count(*) AS rules FROM rule),
     state AS (SELECT d.*, CASE
        WHEN d.r_open < CASE WHEN d.at > now() - interval '120 days' THEN 0.8205 ELSE 0.0113 END THEN
          CASE WHEN r_state < 0.20 THEN 'waiting' WHEN r_state < 0.35 THEN 'dispatched' WHEN r_state < 0.80 THEN 'working'
               WHEN r_state < 0.92 THEN 'parts' ELSE 'suspended' END
        WHEN r_state < 0.05 THEN 'cancelled' WHEN r_state < 0.06 THEN 'closed'
        WHEN d.at > now() - interval '120 days' AND r_state < 0.5 THEN 'done' ELSE 'archived' END AS status FROM draw d)
SELECT s.*, rule.kind_id, rule.category_id, rule.urgency, rule.name AS kind, u.unit_id, p.place_id,
       coalesce(u.building_id, p.building_id) AS building_id, coalesce(u.community_id, p.community_id) AS community_id,
       coalesce(u.address, p.address) AS address, u.owner_id, coalesce(u.name, '物业巡查') AS name, u.number_index, u.number_last4,
       s.at + (20 + 300 * -ln(1 - s.r_took)) * interval '1 minute' AS completed,
       greatest(now() + (s.r_due - 0.3) * interval '10 days', s.at + interval '30 minutes') AS due,
       s.status IN ('waiting', 'dispatched', 'working', 'parts', 'suspended') AS is_open,
       s.status IN ('done', 'archived') AS is_done, s.status IN ('parts', 'suspended') AS is_paused,
       s.status IN ('working', 'parts', 'suspended') AS in_hand,
       s.status NOT IN ('waiting', 'cancelled') AS is_sent
  FROM state s CROSS JOIN spots CROSS JOIN places CROSS JOIN rules
  JOIN rule ON rule.n = 1 + floor(s.r_kind ^ 1.5 * rules.rules)
  LEFT JOIN spot u ON s.r_where < 0.82 AND u.n = 1 + floor(s.r_spot * spots.units)
  LEFT JOIN public_spot p ON s.r_where >= 0.82 AND p.n = 1 + floor(s.r_spot * places.places);

INSERT INTO workorders_workorder (
  id, uid, community_id, number, status, source, unit_id, place_id, building_id, address, spot, area, owner_id, reporter_name,
  reporter_phone, phone_index, phone_last4, relation_id, verified, category_id, kind_id, urgency, description, warranty, paid, team_id,
  assignee_id, reported_at, reported_by_id, dispatched_at, dispatched_by_id, accepted_at, arrived_at, completed_at, ended_at,
  end_reason, paused_at, next_clock, next_due_at, next_warn_at, late, met_clocks, late_clocks, cause_id, result, labour_fee, materials_fee, confirm_way, stars,
  rework_count, updated_at)
SELECT f.n, uuidv7(f.at - now()), f.community_id,
       'BX' || to_char(f.at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad(
         (row_number() OVER (PARTITION BY f.community_id, (f.at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY f.n))::text, 4, '0'),
       f.status, (ARRAY['hotline', 'hotline', 'app', 'wechat', 'counter', 'patrol'])[1 + floor(f.r_spot * 6)::int], f.unit_id, f.place_id,
       f.building_id, f.address, '', CASE WHEN f.unit_id IS NULL THEN 'public' ELSE 'indoor' END, f.owner_id, f.name, '', f.number_index,
       f.number_last4, NULL, true, f.category_id, f.kind_id, f.urgency,
       f.address || f.kind || (ARRAY['，已经两天了', '，越来越严重', '，请尽快来看', '，晚上七点以后在家', '，上次修过又坏了'])[1 + floor(f.r_late * 5)::int],
       'out', false, CASE WHEN f.is_sent AND f.r_who < 0.5 THEN t.id END,
       CASE WHEN f.is_sent THEN h.users[1 + floor(f.r_who * cardinality(h.users))::int] END,
       f.at, %(desk)s, CASE WHEN f.is_sent THEN f.at + interval '10 minutes' END, CASE WHEN f.is_sent THEN %(desk)s END,
       CASE WHEN f.in_hand OR f.is_done OR f.status = 'closed' THEN f.at + interval '15 minutes' END,
       CASE WHEN f.is_done OR f.is_paused OR (f.in_hand AND f.r_late < 0.7) THEN f.at + interval '18 minutes' END,
       CASE WHEN f.is_done THEN least(f.completed, now()) END,
       CASE WHEN f.status = 'archived' THEN least(f.completed + interval '1 day', now()) WHEN f.status IN ('cancelled', 'closed')
            THEN least(f.completed, now()) END, '', CASE WHEN f.is_paused THEN greatest(f.at, now() - f.r_took * interval '5 days') END,
       CASE WHEN NOT f.is_open THEN '' WHEN f.status = 'waiting' THEN 'response'
            WHEN f.is_paused OR (f.in_hand AND f.r_late < 0.7) THEN 'completion' ELSE 'arrival' END,
       CASE WHEN f.is_open THEN f.due END, CASE WHEN f.is_open THEN f.at + (f.due - f.at) * 0.8 END, bits.late > 0, bits.met, bits.late,
       CASE WHEN f.is_done THEN %(cause)s::bigint END, CASE WHEN f.is_done THEN '已修好，试用正常' ELSE '' END,
       CASE WHEN f.is_done AND f.r_material < 0.2 THEN 40 ELSE 0 END, CASE WHEN f.is_done AND f.r_material < 0.25 THEN 18.5 ELSE 0 END,
       CASE WHEN f.is_done THEN 'signature' ELSE '' END,
       CASE WHEN f.is_done AND f.r_stars < 0.7 THEN CASE WHEN f.r_stars < 0.02 THEN 1 WHEN f.r_stars < 0.05 THEN 3 WHEN f.r_stars < 0.2 THEN 4 ELSE 5 END END,
       CASE WHEN f.is_done AND f.r_rework < 0.03 THEN 1 ELSE 0 END, now()
  FROM fate f JOIN hand h ON h.community_id = f.community_id
  CROSS JOIN LATERAL (SELECT f.is_sent::int + 2 * (f.is_done OR f.is_paused OR (f.in_hand AND f.r_late < 0.7))::int + 4 * f.is_done::int AS met) m
  CROSS JOIN LATERAL (SELECT m.met, m.met & ((f.r_late < 0.05)::int + 2 * (f.r_late < 0.08)::int + 4 * (f.r_late < 0.12)::int) AS late) bits
  LEFT JOIN properties_team t ON t.community_id = f.community_id AND t.name = '工程班'
 ORDER BY f.n;

-- Three clocks each; what was done anew has two of a second round.
INSERT INTO workorders_orderclock (order_id, clock, round, basis, minutes, starts_at, due_at, warn_at, met_at, late)
SELECT o.id, c.clock, c.round, 'round', c.minutes, o.reported_at, x.due, o.reported_at + (x.due - o.reported_at) * 0.8, x.met,
       coalesce(x.met > x.due, false)
  FROM workorders_workorder o JOIN fate f ON f.n = o.id
  JOIN (VALUES ('response', 0, 30), ('arrival', 0, 240), ('completion', 0, 1440), ('arrival', 1, 240), ('completion', 1, 1440))
       AS c(clock, round, minutes) ON c.round <= o.rework_count
  CROSS JOIN LATERAL (SELECT CASE c.clock WHEN 'response' THEN o.dispatched_at WHEN 'arrival' THEN o.arrived_at ELSE o.completed_at END AS met) m
  CROSS JOIN LATERAL (SELECT m.met, CASE
       WHEN o.next_due_at IS NULL OR m.met IS NOT NULL THEN
         CASE WHEN f.r_late < CASE c.clock WHEN 'response' THEN 0.05 WHEN 'arrival' THEN 0.08 ELSE 0.12 END
              THEN coalesce(m.met, o.reported_at + interval '1 day') - interval '1 minute'
              ELSE coalesce(m.met, o.reported_at) + c.minutes * interval '1 minute' END
       ELSE o.next_due_at + CASE WHEN c.clock = o.next_clock THEN interval '0' WHEN c.clock = 'arrival' THEN interval '1 hour' ELSE interval '1 day' END
       END AS due) x
 ORDER BY o.id, c.round, c.minutes;

-- The steps of what is still owed; those of what is over are read by nobody.
INSERT INTO workorders_escalation (clock_id, level, at, told_at)
SELECT c.id, l.level, x.at, CASE WHEN x.at <= now() THEN x.at END
  FROM workorders_orderclock c JOIN workorders_workorder o ON o.id = c.order_id AND o.next_due_at IS NOT NULL AND c.met_at IS NULL
  CROSS JOIN (VALUES ('remind', 0.8), ('overdue', 1.0), ('manager', 1.5), ('region', 2.0)) AS l(level, share)
  CROSS JOIN LATERAL (SELECT c.starts_at + (c.due_at - c.starts_at) * l.share AS at) x;

INSERT INTO workorders_pause (order_id, kind, started_at, ended_at, reason, part)
SELECT o.id, CASE WHEN o.status = 'suspended' THEN 'suspended' ELSE 'parts' END, coalesce(o.paused_at, o.reported_at + interval '20 minutes'),
       CASE WHEN o.paused_at IS NULL THEN o.reported_at + interval '25 minutes' END, '缺料', '角阀'
  FROM workorders_workorder o JOIN fate f ON f.n = o.id WHERE o.paused_at IS NOT NULL OR (f.is_done AND f.r_due < 0.05);

INSERT INTO workorders_materialline (order_id, material_id, code, name, spec, measure, quantity, price, amount, chargeable)
SELECT id, %(material)s, 'BENCH1', '角阀', 'DN15', '个', 1, 18.5, 18.5, true FROM workorders_workorder WHERE materials_fee > 0;

INSERT INTO workorders_rating (order_id, round, stars, text, why, via, created_at)
SELECT id, rework_count, stars, '', CASE WHEN stars <= 2 THEN '来得太晚' ELSE '' END, 'link', completed_at + interval '3 hours'
  FROM workorders_workorder WHERE stars IS NOT NULL;

INSERT INTO workorders_checkpoint (order_id, sort, text, done_at, note)
SELECT o.id, s, (ARRAY['拍下故障位置', '试用十分钟'])[s], NULL, '' FROM workorders_workorder o CROSS JOIN generate_series(1, 2) s
 WHERE o.next_due_at IS NOT NULL;

INSERT INTO core_logentry (at, action, actor_type, actor_id, actor_label, object_type, object_id, object_label, community_id, changes, reason, request_id)
SELECT e.at, 'workorders.workorder.' || e.act, 'user', %(desk)s, '客服', 'workorders.workorder', o.id, o.number, o.community_id, e.changes::jsonb, '', ''
  FROM workorders_workorder o CROSS JOIN LATERAL (VALUES
    ('created', o.reported_at, '{"number": "", "source": "热线"}'),
    ('dispatched', CASE WHEN o.reported_at > now() - interval '120 days' THEN o.dispatched_at END, '{"status": ["待派单", "待接单"]}'),
    ('accepted', CASE WHEN o.reported_at > now() - interval '120 days' THEN o.accepted_at END, '{"status": ["待接单", "处理中"]}'))
    AS e(act, at, changes) WHERE e.at IS NOT NULL;

INSERT INTO owners_timelineentry (unit_id, owner_id, at, kind, sentence, detail, source_type, source_id)
SELECT o.unit_id, o.owner_id, e.at, 'repair', e.sentence, '', 'workorders.workorder', o.id
  FROM workorders_workorder o CROSS JOIN LATERAL (VALUES (o.reported_at, '报修：' || left(o.description, 20)), (o.completed_at, '维修完成'))
    AS e(at, sentence) WHERE o.unit_id IS NOT NULL AND e.at IS NOT NULL;

INSERT INTO properties_unitmark (unit_id, kind, source, count, note)
SELECT unit_id, 'open_orders', 'workorders', count(*), '' FROM workorders_workorder WHERE next_due_at IS NOT NULL AND unit_id IS NOT NULL
 GROUP BY unit_id ON CONFLICT (unit_id, kind, source) DO UPDATE SET count = excluded.count;

INSERT INTO core_numbersequence (prefix, community_id, period, last)
SELECT 'BX', community_id, substr(number, 3, 8), count(*) FROM workorders_workorder WHERE reported_at > now() - interval '3 days'
 GROUP BY 2, 3 ON CONFLICT (prefix, community_id, period) DO UPDATE SET last = excluded.last;
