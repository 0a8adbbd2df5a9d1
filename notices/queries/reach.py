"""Who can be reached over which channel, as SQL over `o` (owners_owner): preview, materialisation and fallback share it."""

from django.apps import apps

from notices.states import OwnerChannel

_PHONE = "EXISTS (SELECT 1 FROM owners_ownerphone p WHERE p.owner_id = o.id)"
# With a phone a person can sign in to the portal, where everything addressed to him stands.
_REACH: dict[str, str] = {
    OwnerChannel.IN_APP: _PHONE,
    OwnerChannel.SMS: _PHONE,
    OwnerChannel.EMAIL: "o.email <> ''",
}
# 首选联系方式 that are channels too, by the codes of the built-in words, whatever people have renamed them to. 电话 and 上门 are a
# person's work: of them the board and the door list speak.
LIKED = (OwnerChannel.WECHAT, OwnerChannel.SMS)
_BOUND = "EXISTS (SELECT 1 FROM notices_wechatbinding b WHERE b.owner_id = o.id AND b.unbound_at IS NULL)"


def reach(channel: str) -> str:
    if channel == OwnerChannel.WECHAT:
        return _BOUND if "wechatbinding" in apps.all_models["notices"] else "false"
    return _REACH.get(channel, "false")


def pick(channels: list[str]) -> str:
    """The first of the channels that reaches the person, else NULL; of those that leave the house the one he likes best comes first
    (R61). Codes come from a closed list, so they stand in the text."""
    known = [code for code in channels if code in OwnerChannel.values]
    outside = next((place for place, code in enumerate(known) if code != OwnerChannel.IN_APP), len(known))
    whens = [(reach(code), code) for code in known[:outside]]
    whens += [(f"{_likes(code)} AND {reach(code)}", code) for code in known if code in LIKED]
    whens += [(reach(code), code) for code in known[outside:]]
    cases = " ".join(f"WHEN {condition} THEN '{code}'" for condition, code in whens)
    return f"CASE {cases} END" if cases else "NULL::text"


def likes_none_but(channel: str, channels: list[str]) -> str:
    """Whoever likes another of the channels, and has not had it (`tried`), gets that one before this one."""
    others = [code for code in channels if code in LIKED and code != channel]
    # IS NOT TRUE: most people have named no channel, and NULL must not keep them waiting.
    waits = [f"({_likes(code)} AND NOT '{code}' = ANY(tried) AND {reach(code)}) IS NOT TRUE" for code in others]
    return " AND ".join(waits) or "true"


def _likes(channel: str) -> str:
    word = f"t.code = 'contact_channel' AND i.code = '{channel}'"
    return f"o.preferred_channel_id = (SELECT i.id FROM core_dictitem i JOIN core_dicttype t ON t.id = i.type_id WHERE {word})"  # noqa: S608


def any_of(channels: list[str]) -> str:
    return " OR ".join(f"({reach(code)})" for code in channels) or "false"
