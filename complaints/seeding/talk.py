"""Writes the sample conversations and opinions of a community: those that wait are made by the services, those that are over as the
services would have left them (their log cannot be written for days gone by)."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from audit.models import User
from complaints.models import Enquiry, EnquiryMessage
from complaints.models.enquiries import WORDS
from complaints.services import enquiries, opinions
from complaints.states import EnquiryStatus, Mood, Voice
from complaints.working import service_clock
from core import blind_index
from core.models import DictItem
from core.services.numbering import daily_number
from owners.actors import OwnerByLink
from owners.models import Tenure, TenureRole
from properties.models import Community

DESK = "kefu_zg"
# The residents whom the sign-in page of the demo names.
OWN = ("15400006620", "16300002091")
Q, A = Voice.OWNER, Voice.STAFF


class Story(NamedTuple):
    """What was said, by whom; `days` ago; whether it has ended."""

    topic: str
    days: int
    said: tuple[tuple[str, str], ...]
    ended: bool = True


PAST = (
    Story("fees", 1, ((Q, "物业费今年涨了吗？我看单价和去年不一样。"),
        (A, "您好，单价没有变，今年账单把公共水电分摊单独列出来了。"),
        (Q, "明白了，谢谢。"),
        (A, "不客气，有问题随时联系。")), False),
    Story("invoice", 2, ((Q, "三季度的物业费发票还能开吗？抬头是公司。"),
        (A, "可以开，请提供公司名称和税号。"),
        (Q, "我晚点发给您。")), False),
    Story("parking", 3, ((Q, "地下车库月租还有空位吗？"),
        (A, "目前 B1 还有空位，请带行驶证到服务中心办理。"),
        (Q, "好的，周末过去。"))),
    Story("fitout", 5, ((Q, "封阳台需要办手续吗？"),
        (A, "需要办理装修登记，外立面请按统一样式施工。"))),
    Story("access", 6, ((Q, "孩子的门禁卡丢了，怎么补？"),
        (A, "请业主本人带身份证到服务中心补办，旧卡会同时停用。"),
        (Q, "收到。"))),
    Story("papers", 9, ((Q, "办居住证要开什么证明？"),
        (A, "请带租赁合同和身份证到服务中心，我们出具居住证明。"))),
    Story("activities", 12, ((Q, "重阳节活动老人可以带孙子参加吗？"),
        (A, "可以的，报名时一起登记就行。"),
        (Q, "太好了。"))),
    Story("repairs", 15, ((Q, "上周报的楼道灯还没修。"),
        (A, "您好，灯具昨天到货，今天下午安排更换，完成后告诉您。"),
        (A, "已更换好，请您看看。"),
        (Q, "亮了，谢谢。"))),
)  # fmt: skip
WAITING = (
    ("fees", "物业费可以按季度交吗？一次交一年压力有点大。"),
    ("parking", "我的车位经常被别人占，能不能装个地锁？"),
    ("access", "快递员进不来单元门，访客码怎么发给他？"),
)
OPINIONS = (
    ("douyin", "电梯又坏了", "三号楼电梯这个月第三次困人，老人孩子都不敢坐，物业到现在没有说法。", "住在花园里", Mood.NEGATIVE, 5),
    ("group", "业主群反映停车难", "晚上九点以后地面全停满了，地下又不让进，停车难没人管。", "", Mood.NEGATIVE, 28),
    ("xiaohongshu", "小区绿化真好", "傍晚在小区散步，绿化打理得很用心，桂花开了满园香。", "小满今天", Mood.POSITIVE, 50),
    ("message_board", "留言：公共收益没有公示", "请问大堂广告的公共收益什么时候公示？希望每季度公开一次。", "匿名", Mood.NEUTRAL, 76),
)  # fmt: skip


def load(seed: int, now: datetime | None = None) -> dict[str, int]:
    """{community code: conversations written}. A community that has any is left alone. Raises LookupError without the demo's staff."""
    desk = User.objects.filter(username=DESK).first()
    if desk is None:
        raise LookupError("没有演示账号，请先运行 create_demo_accounts")
    written = {}
    for community in Community.objects.order_by("pk"):
        if not Enquiry.objects.filter(community=community).exists():
            with transaction.atomic():
                written[community.code] = _Writer(community, desk, seed, now or timezone.now()).write()
    return written


def word(dictionary: str, code: str) -> DictItem:
    return DictItem.objects.get(type__code=dictionary, code=code)


class _Writer:
    def __init__(self, community: Community, desk: User, seed: int, now: datetime) -> None:
        self.community, self.desk, self.now = community, desk, now
        random = Random(f"enquiries {community.code} {seed}")  # noqa: S311  a sample, no secret
        rows = Tenure.objects.filter(unit__community=community, unit__kind="home", role=TenureRole.OWNER).current()
        homes = list(rows.select_related("unit__building", "owner").order_by("pk"))
        own = [blind_index.whole("phone", number) for number in OWN]
        mine = [row for row in homes if row.owner.phones.filter(number_index__in=own).exists()] if homes else []
        rest = [row for row in homes if row not in mine]
        self.people = mine[:1] + random.sample(rest, min(len(rest), len(PAST) + len(WAITING)))

    def write(self) -> int:
        if not self.people:
            return 0
        for number, story in enumerate(PAST):
            self._past(story, self.people[number % len(self.people)])
        for number, (topic, text) in enumerate(WAITING):
            tenure = self.people[-1 - number % len(self.people)]
            enquiries.open_enquiry(
                by=OwnerByLink(tenure.owner),
                unit=tenure.unit,
                topic=word("enquiry_topic", topic),
                text=text,
                key=f"demo-{number}",
            )
        for code, title, text, author, mood, hours in OPINIONS:
            opinions.create_opinion(
                by=self.desk, community=self.community, platform=word("opinion_platform", code), title=title, text=text,
                author=author, mood=mood, posted_at=self.now - timedelta(hours=hours),
            )  # fmt: skip
        return len(PAST) + len(WAITING)

    def _past(self, story: Story, tenure: Any) -> None:
        """A line every four minutes from ten in the morning on; the owner has read everything but what is not ended."""
        at = timezone.localtime(self.now).replace(hour=10, minute=5, second=0, microsecond=0) - timedelta(
            days=story.days
        )
        times = [at + timedelta(minutes=4 * place) for place in range(len(story.said))]
        answers = [place for place, (voice, _text) in enumerate(story.said) if voice == A]
        waiting = not story.ended and story.said[-1][0] == Q
        row = Enquiry.objects.create(
            community=self.community, unit=tenure.unit, owner=tenure.owner, topic=word("enquiry_topic", story.topic),
            number=daily_number("ZX", timezone.localdate(at), community_id=self.community.pk), handler=self.desk, opened_at=at,
            status=EnquiryStatus.CLOSED if story.ended else EnquiryStatus.WAITING if waiting else EnquiryStatus.ANSWERED,
            last_at=times[-1], last_voice=story.said[-1][0], last_words=story.said[-1][1][:WORDS],
            first_answer_at=times[answers[0]], closed_at=times[-1] + timedelta(days=7) if story.ended else None,
            due_at=service_clock(self.community).add_working_time(times[-1], enquiries.FIRST_ANSWER) if waiting else None,
            overdue_told_at=self.now if waiting else None,
            staff_unread=int(waiting), owner_unread=int(not story.ended and not waiting),
        )  # fmt: skip
        EnquiryMessage.objects.bulk_create(
            EnquiryMessage(enquiry=row, voice=voice, text=text, at=moment, by=self.desk if voice == A else None)
            for (voice, text), moment in zip(story.said, times, strict=True)
        )
