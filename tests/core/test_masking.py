"""How protected names look to people who may not see them."""

import pytest

from core.masking import mask_name
from owners.models import Owner


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王", "王"),
        ("王芳", "王*"),
        ("王建国", "王*国"),
        ("欧阳建国", "欧**国"),
        ("阿依古丽·买买提", "阿***提"),
        ("Christopher Lee", "C***e"),
        ("", ""),
    ],
)
def test_persons_are_masked_whatever_the_length(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_organisations_stay_whole() -> None:
    assert mask_name("睦邻公司", organisation=True) == "睦邻公司"
    assert mask_name("杭州睦邻贸易有限公司", True) == "杭州睦邻贸易有限公司"


def test_the_log_names_people_masked_and_companies_whole() -> None:
    assert Owner(name="阿依古丽·买买提", number="KH000001").log_label == "阿***提（KH000001）"
    company = Owner(name="杭州睦邻贸易有限公司", number="KH000002", kind="organisation")
    assert company.log_label == "杭州睦邻贸易有限公司（KH000002）"
