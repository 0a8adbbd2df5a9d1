"""`manage.py seed_call_backs`: call-back plans of the sample communities, with calls by the demo's staff."""

from core.management.demo import DemoCommand
from owners.seeding import calls


class Command(DemoCommand):
    help = "Writes one call-back plan in every state, with calls, for the demo communities; needs seed_demo and create_demo_accounts first."
    load = staticmethod(calls.load)
    seeded = "calls"
    written, nothing = "写入 %d 户计划回访。", "示例回访计划已经在库里，没有改动。"
