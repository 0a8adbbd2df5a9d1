-- Talks with households over three years (%(contacts)s), each with its line on the household's file. Some households call far more often
-- than others. In the transaction of complaints.sql, whose tables of places and people are used.

CREATE TEMP TABLE talk ON COMMIT DROP AS
SELECT n, now() - (1 - n / %(contacts)s::float8) * interval '1095 days' AS at, random() AS r_spot, random() AS r_way, random() AS r_said
  FROM generate_series(1, %(contacts)s) n;

INSERT INTO owners_contactrecord (unit_id, owner_id, community_id, at, way, subject_id, content, result, handler_id, source_type)
SELECT s.unit_id, s.owner_id, s.community_id, t.at,
       (ARRAY['call_in', 'call_in', 'call_out', 'call_out', 'visit', 'counter', 'message', 'event'])[1 + floor(t.r_way * 8)::int],
       (%(subjects)s::bigint[])[1 + floor(t.r_said * cardinality(%(subjects)s::bigint[]))::int],
       (ARRAY['问物业费怎么交，已说明三种办法', '催问维修进度，已转班长', '提醒年检车辆登记', '上门走访，家中老人身体好', '说门禁卡失灵，约明天来换',
              '询问装修办理手续', '通知停水时间，业主已知晓'])[1 + floor(t.r_said * 7)::int],
       CASE WHEN t.r_way < 0.5 THEN '已答复' ELSE '' END, h.desk[1 + floor(t.r_way * cardinality(h.desk))::int], ''
  FROM talk t CROSS JOIN (SELECT count(*) AS units FROM spot) spots JOIN spot s ON s.n = 1 + floor(t.r_spot ^ 1.5 * spots.units)
  JOIN hand h ON h.community_id = s.community_id
 ORDER BY t.n;

INSERT INTO owners_timelineentry (unit_id, owner_id, at, kind, sentence, detail, source_type, source_id)
SELECT unit_id, owner_id, at, 'contact', CASE way WHEN 'visit' THEN '上门，回访' WHEN 'call_out' THEN '去电，回访' ELSE '来电，咨询' END,
       content || CASE WHEN result = '' THEN '' ELSE '，' || result END, 'owners.contactrecord', id
  FROM owners_contactrecord WHERE id > %(contacts_before)s;
