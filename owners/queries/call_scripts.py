"""What is said at the beginning of a call (话术): a plan's own words, else those of its cause in the community or in all; names as the
caller may see them."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from owners.models import CallBackTask, CallScript, Gender
from owners.states import CallBackCause
from owners.visibility import Eyes

PLACEHOLDERS = ("称呼", "项目", "房号", "事由")
_WORD = re.compile(r"\{([^{}]*)\}")


def _marked(word: str) -> str:
    return "{" + word + "}"


def placeholder_words() -> str:
    return " ".join(_marked(word) for word in PLACEHOLDERS)


def unknown_word(text: str) -> str:
    """What to tell whoever wrote a placeholder nobody fills in; "" when all of them are known."""
    unknown = [word for word in _WORD.findall(text) if word not in PLACEHOLDERS]
    if not unknown:
        return ""
    return _("话术里的 {%(word)s} 不认识，只能用 %(words)s") % {"word": unknown[0], "words": placeholder_words()}


# What the house begins with (services.call_scripts.seed_scripts).
_REPAIR = lazy(
    "{称呼}您好，我是{项目}物业客服中心。您家{房号}报修的“{事由}”已经处理完，占用您一分钟做个回访：\n"
    "1. 问题解决了吗？\n2. 维修人员按约定时间到了吗，现场收拾干净了吗？\n3. 您对这次服务满意吗？还有什么要改进的？\n谢谢您，再见。"
)
DEFAULTS: dict[str, Any] = {
    CallBackCause.LOW: lazy(
        "{称呼}您好，我是{项目}物业客服中心。看到您对“{事由}”的评价不太满意，向您道歉，也想听听是哪里没有做好：\n"
        "1. 问题解决了吗？\n2. 不满意的是时间、质量还是态度？\n3. 您希望我们怎样处理？\n我们马上安排，处理完再给您回电。"
    ),
    CallBackCause.SAMPLE: _REPAIR,
    CallBackCause.COMPLAINT: lazy(
        "{称呼}您好，我是{项目}物业客服中心。您反映的“{事由}”我们已经答复，想跟您确认：\n"
        "1. 问题现在解决了吗，有没有再发生？\n2. 您对处理结果满意吗？\n3. 还有什么要我们做的？\n谢谢您的监督。"
    ),
    CallBackCause.PERIODIC: lazy(
        "{称呼}您好，我是{项目}物业客服中心，做个定期回访，占用您两分钟：\n"
        "1. 您对最近的物业服务满意吗？\n2. 保洁、秩序、维修、绿化里，哪一项最需要改进？\n3. 家里有什么需要我们帮忙的？\n谢谢您，再见。"
    ),
    CallBackCause.CARE: lazy(
        "{称呼}您好，我是{项目}物业客服中心，打电话问候您：\n"
        "1. 最近身体和生活都好吗？\n2. 家里水、电、燃气有没有要检查的？\n3. 需要我们上门帮忙吗？\n有事随时打服务电话。"
    ),
    CallBackCause.VERIFY: lazy(
        "{称呼}您好，我是{项目}物业客服中心，跟您核对登记信息，只核对、不对外提供：\n"
        "1. 房号是{房号}，对吗？\n2. 登记的手机号后四位还在用吗？\n3. 家里常住人员、紧急联系人有变化吗？\n4. 车牌有变化吗？\n谢谢您，再见。"
    ),
}


def script_of(task: CallBackTask, eyes: Eyes) -> str:
    """The words for this call, with what is known filled in."""
    text = (task.plan.script if task.plan else "") or _written(task)
    known = {
        "称呼": _called(task, eyes), "项目": task.community.name, "房号": task.unit.label if task.unit else "",
        "事由": _matter(task),
    }  # fmt: skip
    for name, value in known.items():
        text = text.replace(_marked(name), value)
    return text


def _written(task: CallBackTask) -> str:
    rows = CallScript.objects.holding_in(task.community_id).filter(cause=task.cause)
    found = rows.own_first().values_list("text", flat=True).first()
    return found or str(DEFAULTS.get(task.cause, ""))


def _matter(task: CallBackTask) -> str:
    """What it is about as one says it: no number is read aloud, and the room stands there already. A confidential case has only its
    number."""
    if task.plan is not None:
        return task.title
    return task.title.partition(" ")[2].partition("，")[0] or _("前几天的事")


def _called(task: CallBackTask, eyes: Eyes) -> str:
    """王建国先生; without a name that may be seen, 业主."""
    if task.owner is None or eyes.level("name", task.owner.community_ids) == "hidden":
        return _("业主")
    name = eyes.owner_name(task.owner)
    if task.owner.is_organisation:
        return name
    titles: dict[str, str] = {Gender.MALE: _("先生"), Gender.FEMALE: _("女士")}
    return name + titles.get(task.owner.gender, "")
