-- Conversations (%(enquiries)s) and what is said in public. In the transaction of complaints.sql, whose tables of places and people are used.

CREATE TEMP TABLE asker ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY n) AS k, * FROM spot WHERE owner_id IS NOT NULL;

CREATE TEMP TABLE question ON COMMIT DROP AS
SELECT n, at, r_spot, r_who, r_said, r_took, CASE
       WHEN r_open < CASE WHEN at > now() - interval '14 days' THEN 0.85 ELSE 0.03 END THEN CASE WHEN r_state < 0.35 THEN 'waiting' ELSE 'answered' END
       ELSE 'closed' END AS status
  FROM (SELECT n, now() - (1 - n / %(enquiries)s::float8) * interval '1095 days' - random() * interval '10 minutes' AS at, random() AS r_open,
               random() AS r_state, random() AS r_spot, random() AS r_who, random() AS r_said, random() AS r_took
          FROM generate_series(1, %(enquiries)s) n) d;

INSERT INTO complaints_enquiry (
  id, uid, number, community_id, unit_id, owner_id, topic_id, status, handler_id, opened_at, last_at, last_voice, last_words, due_at,
  overdue_told_at, first_answer_at, late, staff_unread, owner_unread, tell_at, taken_back, closed_at)
SELECT q.n, uuidv7(q.at - now()), 'ZX' || to_char(q.at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad((row_number() OVER (
         PARTITION BY a.community_id, (q.at AT TIME ZONE 'Asia/Shanghai')::date ORDER BY q.n))::text, 4, '0'), a.community_id, a.unit_id, a.owner_id,
       (%(enquiry_topics)s::bigint[])[1 + floor(q.r_said * cardinality(%(enquiry_topics)s::bigint[]))::int], q.status,
       CASE WHEN q.status <> 'waiting' OR q.r_who < 0.3 THEN h.desk[1 + floor(q.r_who * cardinality(h.desk))::int] END, q.at,
       least(now(), q.at + q.r_took * interval '3 hours'), CASE q.status WHEN 'waiting' THEN 'owner' WHEN 'answered' THEN 'staff' ELSE 'event' END,
       CASE q.status WHEN 'waiting' THEN '请问物业费怎么交' WHEN 'answered' THEN '已为您查到，明天上午可以来取' ELSE '咨询已结束，有问题可以接着写' END,
       CASE WHEN q.status = 'waiting' THEN greatest(q.at + interval '1 minute', now() + (q.r_took - 0.6) * interval '1 hour') END, NULL,
       CASE WHEN q.status <> 'waiting' THEN least(now(), q.at + q.r_took * interval '40 minutes') END, q.r_took > 0.9 AND q.status <> 'waiting',
       (q.status = 'waiting')::int, 0, NULL, false, CASE WHEN q.status = 'closed' THEN least(now(), q.at + q.r_took * interval '3 hours') END
  FROM question q CROSS JOIN (SELECT count(*) AS askers FROM asker) askers JOIN asker a ON a.k = 1 + floor(q.r_spot * askers.askers)
  JOIN hand h ON h.community_id = a.community_id
 ORDER BY q.n;

INSERT INTO complaints_enquirymessage (enquiry_id, voice, by_id, at, text)
SELECT e.id, m.voice, CASE WHEN m.voice = 'staff' THEN e.handler_id END, e.opened_at + (e.last_at - e.opened_at) * m.share, m.text
  FROM complaints_enquiry e JOIN question q ON q.n = e.id CROSS JOIN LATERAL (VALUES
    ('owner', 0.0, (ARRAY['请问物业费怎么交，可以按季交吗', '我家的门禁卡丢了，怎么补办', '装修押金什么时候退', '车位还有空的吗，想租一个',
      '报修的水管今天有人来吗', '上个月的发票开好了吗', '周末的亲子活动还能报名吗', '想开一张居住证明'])[1 + floor(q.r_said * 8)::int]),
    ('staff', CASE WHEN e.status <> 'waiting' THEN 0.3 END, '您好，已为您查到，明天上午可以来服务中心办理，请带上身份证'),
    ('owner', CASE WHEN e.status = 'closed' THEN 0.6 END, '好的，谢谢'),
    ('event', CASE WHEN e.status = 'closed' THEN 1.0 END, '咨询已结束，有问题可以接着写')) AS m(voice, share, text) WHERE m.share IS NOT NULL
 ORDER BY e.id, m.share;

INSERT INTO complaints_opinionentry (community_id, platform_id, title, text, address, author, posted_at, mood, words, level, topic_id, status, result,
  found_at, found_by_id, handled_at, handled_by_id)
SELECT h.community_id, (%(platforms)s::bigint[])[1 + n %% cardinality(%(platforms)s::bigint[])],
       (ARRAY['物业又涨价了', '电梯关人无人管', '小区绿化变好了', '停车乱象谁来管', '保安态度差'])[1 + n %% 5],
       (ARRAY['业主群里都在说这件事', '门口停车收费不透明，维权', '拍了视频，电梯困人二十分钟', '点赞物业师傅'])[1 + n %% 4], '', '网友' || n %% 900,
       now() - (1 - n / %(opinions)s::float8) * interval '1095 days', (ARRAY['negative', 'negative', 'neutral', 'positive'])[1 + n %% 4],
       (ARRAY['维权', '电梯', '', '收费'])[1 + n %% 4], (ARRAY['minor', 'normal', 'normal', 'major'])[1 + n %% 4],
       (%(topics)s::bigint[])[1 + n %% cardinality(%(topics)s::bigint[])], CASE WHEN n > %(opinions)s * 0.98 THEN 'open' ELSE 'handled' END,
       CASE WHEN n > %(opinions)s * 0.98 THEN '' ELSE '已联系发布人说明情况' END, now() - (1 - n / %(opinions)s::float8) * interval '1095 days', h.lead,
       NULL, NULL
  FROM (SELECT row_number() OVER (ORDER BY community_id) AS k, * FROM hand) h
  JOIN generate_series(1, %(opinions)s) n ON h.k = 1 + n %% (SELECT count(*) FROM hand);
