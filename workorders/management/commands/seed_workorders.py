"""`manage.py seed_workorders`: repairs of the sample communities, by the demo's staff."""

from core.management.demo import DemoCommand
from workorders.seeding import load


class Command(DemoCommand):
    help = "Writes sixty days of repairs and today's for the demo communities; needs seed_demo and create_demo_accounts first."
    load = staticmethod(load)
    seeded = "orders"
    written, nothing = "写入 %d 张工单。", "示例工单已经在库里，没有改动。"
