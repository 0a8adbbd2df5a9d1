"""`manage.py seed_notices`: announcements of the sample communities, written by the demo's staff."""

from core.management.demo import DemoCommand
from notices.seeding import load


class Command(DemoCommand):
    help = (
        "Writes announcements in every state for the demo communities; needs seed_demo and create_demo_accounts first."
    )
    load = staticmethod(load)
    seeded = "receipts"
    written, nothing = "写入 %d 条通知。", "示例通知已经在库里，没有改动。"
