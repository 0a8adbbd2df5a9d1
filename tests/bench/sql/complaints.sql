-- Complaints of three years, a twentieth of them open, as the services would have left them. Set-based, because a service call costs
-- milliseconds. %(cases)s how many; what belongs to them follows from the temporary tables of draws, so that it fits together.

SELECT setseed(0.43);

CREATE TEMP TABLE spot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY u.id) AS n, u.id AS unit_id, u.building_id, u.community_id,
       b.number || '栋' || CASE WHEN u.entrance = '' THEN '' ELSE u.entrance || '单元' END || u.number AS address,
       o.id AS owner_id, left(coalesce(o.name, '住户家属'), 30) AS name, p.number_index, p.number_last4
  FROM properties_unit u JOIN properties_building b ON b.id = u.building_id
  LEFT JOIN LATERAL (SELECT owner_id FROM owners_tenure t WHERE t.unit_id = u.id AND t."end" IS NULL ORDER BY t.id LIMIT 1) t ON true
  LEFT JOIN owners_owner o ON o.id = t.owner_id
  LEFT JOIN LATERAL (SELECT number_index, number_last4 FROM owners_ownerphone p WHERE p.owner_id = o.id ORDER BY p.id LIMIT 1) p ON true
 WHERE u.disabled_at IS NULL;

CREATE TEMP TABLE public_spot ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) AS n, id AS place_id, building_id, community_id, name AS address FROM properties_place;

-- Who takes cases in and works on them, and who closes them: the benchmark's people of each community.
CREATE TEMP TABLE hand ON COMMIT DROP AS
SELECT g.community_ids[1] AS community_id, array_agg(u.id ORDER BY u.id) FILTER (WHERE u.username LIKE 'bench-desk-%') AS desk,
       min(u.id) FILTER (WHERE u.username LIKE 'bench-clerk_lead-%') AS lead,
       min(t.team_id) AS team_id
  FROM audit_grant g JOIN audit_user u ON u.id = g.user_id
  LEFT JOIN (SELECT community_id, min(id) AS team_id FROM properties_team GROUP BY 1) t ON t.community_id = g.community_ids[1]
 WHERE cardinality(g.community_ids) = 1 AND u.username LIKE 'bench-%'
 GROUP BY 1;

INSERT INTO complaints_groupcase (community_id, title, created_by_id, created_at)
SELECT c.id, (ARRAY['装修噪音', '电梯停运', '停车收费', '地库渗水'])[1 + k % 4], h.lead, now() - k * interval '100 days'
  FROM properties_community c JOIN hand h ON h.community_id = c.id CROSS JOIN generate_series(1, 8) k;

CREATE TEMP TABLE matter ON COMMIT DROP AS SELECT community_id, array_agg(id ORDER BY id) AS ids FROM complaints_groupcase GROUP BY 1;

CREATE TEMP TABLE topic ON COMMIT DROP AS
SELECT t.n, t.topic_id, t.category_id, i.name FROM unnest(%(topics)s::bigint[], %(categories)s::bigint[]) WITH ORDINALITY AS t(topic_id, category_id, n)
  JOIN core_dictitem i ON i.id = t.topic_id;

-- What chance decides, once for each case. Their numbers rise with time; what is recent is open more often than not.
CREATE TEMP TABLE draw ON COMMIT DROP AS
SELECT n, now() - (1 - n / %(cases)s::float8) * interval '1095 days' - random() * interval '10 minutes' AS at, random() AS r_open,
       random() AS r_state, random() AS r_who, random() AS r_topic, random() AS r_due, random() AS r_took, random() AS r_late,
       random() AS r_redo, random() AS r_kind, random() AS r_level, random() AS r_secret, random() AS r_spot, random() AS r_where,
       random() AS r_source, random() AS r_group, random() AS r_said, random() AS r_anon, random() AS r_whose
  FROM generate_series(1, %(cases)s) n;

CREATE TEMP TABLE fate ON COMMIT DROP AS
WITH spots AS (SELECT count(*) AS units FROM spot), places AS (SELECT count(*) AS places FROM public_spot),
     topics AS (SELECT count(*) AS topics FROM topic),
     state AS (SELECT d.*, CASE
        WHEN d.r_open < CASE WHEN d.at > now() - interval '60 days' THEN 0.80 ELSE 0.0066 END THEN
          CASE WHEN r_state < 0.10 THEN 'new' WHEN r_state < 0.20 THEN 'routing' WHEN r_state < 0.65 THEN 'working'
               WHEN r_state < 0.75 THEN 'answering' ELSE 'calling' END
        ELSE 'closed' END AS status,
        CASE WHEN r_kind < 0.85 THEN 'complaint' WHEN r_kind < 0.95 THEN 'suggestion' ELSE 'praise' END AS kind,
        (ARRAY['phone', 'phone', 'phone', 'counter', 'wechat', 'app', 'app', 'city', 'committee', 'petition', 'media', 'call_back'])
          [1 + floor(r_source * 12)::int] AS source,
        r_secret < 0.03 AS confidential, r_anon < 0.02 AS anonymous FROM draw d),
     ends AS (SELECT s.*, status = 'closed' AND r_state < 0.04 AS withdrawn, status IN ('new', 'routing', 'working', 'answering') AS owed,
        CASE WHEN status = 'new' THEN 'normal' WHEN r_level < 0.05 THEN 'major' WHEN r_level < 0.35 THEN 'minor' ELSE 'normal' END AS level,
        least(now(), s.at + (5 + 40 * r_took) * interval '1 minute') AS accepted,
        least(now(), s.at + (20 + 90 * r_took) * interval '1 minute') AS first,
        least(now(), s.at + (120 + 2400 * -ln(1 - r_took)) * interval '1 minute') AS reported,
        least(now(), s.at + (180 + 2600 * -ln(1 - r_took)) * interval '1 minute') AS answered,
        least(now(), s.at + (2000 + 3200 * -ln(1 - r_took)) * interval '1 minute') AS closed FROM state s)
SELECT s.*, topic.topic_id, topic.category_id, topic.name AS topic, p.place_id, u.unit_id AS flat_id,
       CASE WHEN NOT s.anonymous THEN u.unit_id END AS unit_id, CASE WHEN NOT s.anonymous THEN u.owner_id END AS owner_id,
       coalesce(u.building_id, p.building_id) AS building_id, coalesce(u.community_id, p.community_id) AS community_id,
       CASE WHEN s.anonymous THEN '' WHEN u.unit_id IS NOT NULL THEN u.address ELSE coalesce(p.address, '') END AS address,
       CASE WHEN s.anonymous THEN '' ELSE coalesce(u.name, '过路业主') END AS name,
       CASE WHEN NOT s.anonymous THEN u.number_index END AS number_index, CASE WHEN NOT s.anonymous THEN u.number_last4 END AS number_last4,
       greatest(now() + (s.r_due - 0.25) * interval '6 days', s.at + interval '30 minutes') AS due,
       s.status <> 'new' AS is_accepted, s.status IN ('working', 'answering', 'calling') OR s.status = 'closed' AND NOT s.withdrawn AS in_hand,
       s.status = 'calling' OR s.status = 'closed' AND NOT s.withdrawn AS is_answered,
       s.status IN ('answering', 'calling') OR s.status = 'closed' AND NOT s.withdrawn AS is_reported,
       s.status = 'closed' AND NOT s.withdrawn AND s.r_redo < 0.03 AS is_redone
  FROM ends s CROSS JOIN spots CROSS JOIN places CROSS JOIN topics
  JOIN topic ON topic.n = 1 + floor(s.r_topic ^ 1.3 * topics.topics)
  LEFT JOIN spot u ON s.r_where < 0.90 AND u.n = 1 + floor(s.r_spot * spots.units)
  LEFT JOIN public_spot p ON s.r_where >= 0.90 AND p.n = 1 + floor(s.r_spot * places.places);

INSERT INTO complaints_complaint (
  id, uid, community_id, number, kind, status, source, anonymous, confidential, unit_id, place_id, building_id, address, owner_id,
  complainant, phone, phone_index, phone_last4, accused, accused_team_id, category_id, topic_id, facts, demand, level, major_reasons,
  responsibility, third_party, warranty_part, repeat_count, group_id, team_id, handler_id, received_at, recorded_by_id, accepted_at,
  accepted_by_id, assigned_at, first_answer_at, reported_at, answered_at, closed_at, closed_by_id, next_clock, next_due_at, next_warn_at,
  late, met_clocks, late_clocks, plan, result, compensation, cause_id, improvement, improvement_due, improved_on, outcome, outcome_reason, ending, ending_note,
  redo_count, reopen_count, updated_at)
SELECT f.n, uuidv7(f.at - now()), f.community_id,
       x.prefix || to_char(f.at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad((row_number() OVER (
         PARTITION BY f.community_id, x.prefix, (f.at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY f.n))::text, 4, '0'),
       f.kind, f.status, f.source, f.anonymous, f.confidential, f.unit_id, f.place_id, f.building_id, f.address, f.owner_id, f.name, '',
       f.number_index, f.number_last4, '', CASE WHEN f.r_secret < 0.2 AND f.n %% 2 = 0 THEN h.team_id END, f.category_id, f.topic_id,
       f.topic || '：' || (ARRAY[
         '楼上中午一点多还在用电锤，孩子没法午睡', '隔壁晚上十一点后打麻将', '电梯厅烟头两天没人扫', '北门岗亭夜里没人值守',
         '消防通道停了三辆车，救护车进不来', '水费多收了一个月', '遛狗不牵绳，老人被吓着了', '报修三天没人上门',
         '卫生间修了三次还漏水', '前台打电话态度生硬', '一楼树枝伸进阳台', '电梯早高峰常停七楼不动', '发票一直没有开出来',
         '楼道堆满纸箱和鞋柜', '外墙渗水，墙面发霉起皮', '地下车库积水没过脚面', '门禁坏了一周谁都能进', '高空抛物砸坏了车顶'
       ])[1 + floor(f.r_said * 18)::int] || (ARRAY['，已经说过两次', '，越来越严重', '，请尽快处理', '，希望今天答复', '，其他住户也有意见', ''])
         [1 + floor(f.r_due * 6)::int],
       '希望尽快解决', f.level, CASE WHEN f.level = 'major' THEN ARRAY['safety']::varchar[] ELSE '{}' END,
       CASE WHEN NOT f.is_accepted THEN '' WHEN f.r_whose < 0.80 THEN 'property' WHEN f.r_whose < 0.88 THEN 'developer'
            WHEN f.r_whose < 0.93 THEN 'third_party' ELSE 'owners' END,
       CASE WHEN f.is_accepted AND f.r_whose >= 0.88 AND f.r_whose < 0.93 THEN '供电公司' ELSE '' END, '', (f.r_took < 0.08)::int,
       CASE WHEN f.r_group < 0.008 THEN m.ids[1 + floor(f.r_group * 1000)::int] END, CASE WHEN f.in_hand AND f.r_who < 0.5 THEN h.team_id END,
       CASE WHEN f.in_hand THEN h.desk[1 + floor(f.r_who * cardinality(h.desk))::int] END, f.at,
       h.desk[1 + floor(f.r_topic * cardinality(h.desk))::int], CASE WHEN f.is_accepted THEN f.accepted END,
       CASE WHEN f.is_accepted THEN h.lead END, CASE WHEN f.in_hand THEN f.accepted END,
       CASE WHEN f.is_answered OR f.in_hand AND f.r_late < 0.8 THEN f.first END, CASE WHEN f.is_reported THEN f.reported END,
       CASE WHEN f.is_answered THEN f.answered END, CASE WHEN f.status = 'closed' THEN f.closed END, CASE WHEN f.status = 'closed' THEN h.lead END,
       CASE WHEN NOT f.owed THEN '' WHEN f.status = 'new' THEN 'accept' WHEN f.in_hand AND f.r_late < 0.8 THEN 'complete' ELSE 'first' END,
       CASE WHEN f.owed THEN f.due END, CASE WHEN f.owed THEN f.at + (f.due - f.at) * 0.8 END,
       b.met & b.missed > 0, b.met, b.met & b.missed,
       CASE WHEN f.level = 'major' AND f.in_hand THEN '约谈双方，落实整改' ELSE '' END,
       CASE WHEN f.is_reported THEN '已到现场处理完毕' ELSE '' END, CASE WHEN f.is_reported AND f.r_redo > 0.98 THEN 200 ELSE 0 END,
       CASE WHEN f.is_reported AND f.r_took < 0.8 THEN (%(causes)s::bigint[])[1 + floor(f.r_whose * cardinality(%(causes)s::bigint[]))::int] END,
       CASE WHEN f.is_reported AND f.r_said < 0.2 THEN '增加巡查次数' ELSE '' END,
       CASE WHEN f.is_reported AND f.r_said < 0.2 THEN (f.reported + interval '14 days')::date END,
       CASE WHEN f.is_reported AND f.r_said < 0.18 AND f.reported < now() - interval '20 days' THEN (f.reported + interval '10 days')::date END,
       CASE WHEN f.kind = 'suggestion' AND f.is_reported THEN (ARRAY['adopted', 'partly', 'declined'])[1 + floor(f.r_due * 3)::int] ELSE '' END,
       CASE WHEN f.kind = 'suggestion' AND f.is_reported THEN '已列入下年度计划讨论' ELSE '' END,
       CASE WHEN f.status <> 'closed' THEN '' WHEN f.withdrawn THEN 'withdrawn' WHEN f.anonymous THEN 'anonymous'
            WHEN f.r_redo < 0.7 THEN 'satisfied' WHEN f.r_redo < 0.92 THEN 'basically' ELSE 'unreached' END,
       CASE WHEN f.withdrawn THEN '自己解决了' ELSE '' END, f.is_redone::int, 0, now()
  FROM fate f JOIN hand h ON h.community_id = f.community_id JOIN matter m ON m.community_id = f.community_id
  CROSS JOIN LATERAL (SELECT CASE f.kind WHEN 'complaint' THEN 'TS' WHEN 'suggestion' THEN 'JY' ELSE 'BY' END AS prefix) x
  -- The clocks that were met, as bits (complaints.states.CLOCK_BITS), and those that are missed when they are met.
  CROSS JOIN LATERAL (SELECT
    f.is_accepted::int + 2 * (f.is_accepted AND f.level = 'major')::int + 4 * (f.is_answered OR f.in_hand AND f.r_late < 0.8)::int
      + (8 * (f.level = 'major')::int + 16) * f.is_answered::int + (f.source = 'city')::int * (32 * f.is_accepted::int + 64 * f.is_answered::int)
      AS met, (f.r_late < 0.04)::int + 4 * (f.r_late < 0.07)::int + 16 * (f.r_late < 0.12)::int AS missed) b
 ORDER BY f.n;

INSERT INTO complaints_complaint_accused_people (complaint_id, user_id)
SELECT c.id, h.desk[1 + c.id % cardinality(h.desk)] FROM complaints_complaint c JOIN hand h ON h.community_id = c.community_id
 WHERE c.confidential AND c.accused_team_id IS NULL;

INSERT INTO complaints_citycase (complaint_id, external_number, agency, sign_due_at, end_due_at, first, signed_at, signed_by_id, finished_at,
  responded, resolved, satisfied, city_class)
SELECT id, to_char(received_at, 'YYMMDD') || lpad(id::text, 8, '0'), '市民热线中心', received_at + interval '2 hours', received_at + interval '7 days',
       id % 9 > 0, accepted_at, accepted_by_id, answered_at, CASE WHEN answered_at IS NOT NULL THEN true END,
       CASE WHEN answered_at IS NOT NULL THEN id % 10 > 0 END, CASE WHEN answered_at IS NOT NULL THEN id % 7 > 0 END,
       (ARRAY['plain', 'plain', 'plain', 'utility', 'urgent', 'complex'])[1 + id % 6]
  FROM complaints_complaint WHERE source = 'city';

-- Three clocks each, more of what is grave, redone or the city's.
INSERT INTO complaints_complaintclock (complaint_id, clock, round, turn, basis, amount, given_at, starts_at, due_at, warn_at, met_at, late, dropped_at)
SELECT c.id, k.clock, k.round, 0, k.basis, k.amount, CASE WHEN k.clock IN ('sign', 'city_end') THEN x.due END, c.received_at, x.due,
       c.received_at + (x.due - c.received_at) * 0.8, x.met, coalesce(x.met > x.due, false), CASE WHEN x.met IS NULL THEN c.closed_at END
  FROM complaints_complaint c JOIN fate f ON f.n = c.id
  JOIN (VALUES ('accept', 0, 'service', 30), ('first', 0, 'service', 120), ('complete', 0, 'days', 3), ('complete', 1, 'days', 3),
               ('report_up', 0, 'round', 30), ('progress', 0, 'round', 1440), ('sign', 0, 'round', 0), ('city_end', 0, 'round', 0))
       AS k(clock, round, basis, amount) ON k.round <= c.redo_count AND (k.clock NOT IN ('report_up', 'progress') OR c.level = 'major')
       AND (k.clock NOT IN ('sign', 'city_end') OR c.source = 'city')
  CROSS JOIN LATERAL (SELECT CASE k.clock WHEN 'accept' THEN c.accepted_at WHEN 'sign' THEN c.accepted_at WHEN 'report_up' THEN c.accepted_at
       WHEN 'first' THEN c.first_answer_at ELSE c.answered_at END AS met) m
  CROSS JOIN LATERAL (SELECT m.met, greatest(c.received_at, CASE
       WHEN m.met IS NOT NULL AND f.r_late < CASE k.clock WHEN 'accept' THEN 0.04 WHEN 'first' THEN 0.07 WHEN 'complete' THEN 0.12 ELSE 0 END
         THEN m.met - interval '1 minute'
       WHEN m.met IS NOT NULL THEN m.met + interval '1 hour' WHEN c.next_due_at IS NULL THEN c.received_at + interval '3 days'
       ELSE c.next_due_at + CASE WHEN k.clock = c.next_clock THEN interval '0' ELSE interval '1 day' END END) AS due) x
 ORDER BY c.id, k.round, k.clock;

INSERT INTO complaints_clockstep (clock_id, level, at, told_at)
SELECT k.id, l.level, x.at, CASE WHEN x.at <= now() THEN x.at END
  FROM complaints_complaintclock k
  CROSS JOIN (VALUES ('remind', 0.8), ('overdue', 1.0), ('manager', 1.5), ('region', 2.0)) AS l(level, share)
  CROSS JOIN LATERAL (SELECT k.starts_at + (k.due_at - k.starts_at) * l.share AS at) x WHERE k.met_at IS NULL AND k.dropped_at IS NULL;

INSERT INTO complaints_answer (complaint_id, at, by_id, way, text, reply, final)
SELECT c.id, e.at, c.handler_id, CASE WHEN c.anonymous THEN 'notice' ELSE 'phone' END, e.text, '', e.final
  FROM complaints_complaint c CROSS JOIN LATERAL (VALUES
    (c.first_answer_at, '已收到，马上安排人去看', false), (c.answered_at, '已处理完毕，请您查看', true)) AS e(at, text, final) WHERE e.at IS NOT NULL;

INSERT INTO complaints_progress (complaint_id, at, by_id, text)
SELECT c.id, least(now(), c.assigned_at + k * interval '20 hours'), c.handler_id, '已联系责任人，明天上午复查'
  FROM complaints_complaint c CROSS JOIN generate_series(1, 2) k WHERE c.assigned_at IS NOT NULL AND (c.level = 'major' OR c.id % 6 = 0);

INSERT INTO complaints_approval (complaint_id, kind, text, amount, status, asked_by_id, asked_at, decided_by_id, decided_at, answer)
SELECT c.id, k.kind, '约谈双方，落实整改', CASE WHEN k.kind = 'compensation' THEN c.compensation ELSE 0 END,
       CASE WHEN x.waits THEN 'pending' ELSE 'approved' END, c.handler_id, c.assigned_at, CASE WHEN NOT x.waits THEN c.accepted_by_id END,
       CASE WHEN NOT x.waits THEN c.assigned_at + interval '1 hour' END, ''
  FROM complaints_complaint c CROSS JOIN (VALUES ('plan'), ('compensation')) AS k(kind)
  CROSS JOIN LATERAL (SELECT c.status = 'working' AND c.id % 3 = 0 AS waits) x
 WHERE c.handler_id IS NOT NULL AND CASE k.kind WHEN 'plan' THEN c.level = 'major' ELSE c.compensation > 0 END;

INSERT INTO core_logentry (at, action, actor_type, actor_id, actor_label, object_type, object_id, object_label, community_id, changes, reason, request_id)
SELECT e.at, 'complaints.complaint.' || e.act, 'user', c.recorded_by_id, '客服', 'complaints.complaint', c.id, c.number, c.community_id,
       e.changes::jsonb, '', ''
  FROM complaints_complaint c CROSS JOIN LATERAL (SELECT c.received_at > now() - interval '120 days' AS recent) r CROSS JOIN LATERAL (VALUES
    ('created', c.received_at, '{"number": "", "source": "电话"}'),
    ('accepted', CASE WHEN recent THEN c.accepted_at END, '{"status": ["待受理", "待派工"], "level": "一般"}'),
    ('assigned', CASE WHEN recent THEN c.assigned_at END, '{"status": ["待派工", "处理中"], "handler": "客服"}'),
    ('customer_told', CASE WHEN recent THEN c.first_answer_at END, '{"way": "电话", "text": "已收到，马上安排人去看"}'),
    ('reported', CASE WHEN recent THEN c.reported_at END, '{"status": ["处理中", "待反馈客户"], "result": "已到现场处理完毕"}'),
    ('answered', CASE WHEN recent THEN c.answered_at END, '{"status": ["待反馈客户", "待回访"], "text": "已处理完毕，请您查看"}'),
    ('closed', c.closed_at, '{"status": ["待回访", "已关闭"], "ending": "满意"}')) AS e(act, at, changes) WHERE e.at IS NOT NULL;

INSERT INTO owners_timelineentry (unit_id, owner_id, at, kind, sentence, detail, source_type, source_id)
SELECT c.unit_id, c.owner_id, e.at, 'complaint', e.sentence, e.detail, 'complaints.complaint', c.id
  FROM complaints_complaint c CROSS JOIN LATERAL (VALUES
    (c.received_at, '投诉建议', c.facts), (c.answered_at, '已反馈处理结果', '已处理完毕，请您查看')) AS e(at, sentence, detail)
 WHERE c.unit_id IS NOT NULL AND NOT c.confidential AND e.at IS NOT NULL;

-- A call about everything that was answered within the year.
INSERT INTO owners_callbacktask (community_id, building_id, unit_id, owner_id, source_type, source_id, round, title, cause, handlers, status,
  planned_at, due_at, attempts, created_at, closed_at, closed_by_id, way, result, follow)
SELECT c.community_id, c.building_id, CASE WHEN NOT c.confidential THEN c.unit_id END, CASE WHEN NOT c.confidential THEN c.owner_id END,
       'complaints.complaint', c.id, c.redo_count, left(m.code || '-' || c.number || CASE WHEN c.confidential THEN '（保密）'
         ELSE ' ' || t.name || '，' || c.address END, 120), 'case', ARRAY[c.handler_id], x.status, c.answered_at + interval '1 day',
       c.answered_at + interval '1 day', CASE x.status WHEN 'waiting' THEN 0 WHEN 'missed' THEN 3 ELSE 1 END, c.answered_at, c.closed_at, c.closed_by_id,
       CASE x.status WHEN 'waiting' THEN '' ELSE 'phone' END, CASE x.status WHEN 'waiting' THEN '' ELSE '处理得可以' END, ''
  FROM complaints_complaint c JOIN properties_community m ON m.id = c.community_id JOIN core_dictitem t ON t.id = c.topic_id
  CROSS JOIN LATERAL (SELECT CASE WHEN c.status = 'calling' THEN 'waiting' WHEN c.ending IN ('satisfied', 'basically') THEN c.ending ELSE 'missed' END
    AS status) x
 WHERE c.answered_at > now() - interval '365 days' AND NOT c.anonymous AND c.handler_id IS NOT NULL;

INSERT INTO core_numbersequence (prefix, community_id, period, last)
SELECT left(number, 2), community_id, substr(number, 3, 8), count(*) FROM complaints_complaint WHERE received_at > now() - interval '3 days'
 GROUP BY 1, 2, 3 ON CONFLICT (prefix, community_id, period) DO UPDATE SET last = excluded.last;
