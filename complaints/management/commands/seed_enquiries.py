"""`manage.py seed_enquiries`: conversations and opinions of the sample communities."""

from complaints.seeding import talk
from core.management.demo import DemoCommand


class Command(DemoCommand):
    help = "Writes conversations and opinions for the demo communities; needs seed_demo and create_demo_accounts first."
    load = staticmethod(talk.load)
    seeded = "conversations"
    written, nothing = "写入 %d 次咨询。", "示例咨询已经在库里，没有改动。"
