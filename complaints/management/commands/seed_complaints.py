"""`manage.py seed_complaints`: complaints, suggestions and praise of the sample communities, by the demo's staff."""

from complaints.seeding import load
from core.management.demo import DemoCommand


class Command(DemoCommand):
    help = "Writes fourteen months of complaints and today's for the demo communities; needs seed_demo, create_demo_accounts and seed_workorders."
    load = staticmethod(load)
    seeded = "cases"
    written, nothing = "写入 %d 件投诉建议。", "示例投诉建议已经在库里，没有改动。"
