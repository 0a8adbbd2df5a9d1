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
_BOUND = "EXISTS (SELECT 1 FROM notices_wechatbinding b WHERE b.owner_id = o.id AND b.unbound_at IS NULL)"


def reach(channel: str) -> str:
    if channel == OwnerChannel.WECHAT:
        return _BOUND if "wechatbinding" in apps.all_models["notices"] else "false"
    return _REACH.get(channel, "false")


def pick(channels: list[str]) -> str:
    """The first of the channels that reaches the person, else NULL. Codes come from a closed list, so they stand in the text."""
    known = [code for code in channels if code in OwnerChannel.values]
    cases = " ".join(f"WHEN {reach(code)} THEN '{code}'" for code in known)
    return f"CASE {cases} END" if cases else "NULL::text"


def any_of(channels: list[str]) -> str:
    return " OR ".join(f"({reach(code)})" for code in channels) or "false"
