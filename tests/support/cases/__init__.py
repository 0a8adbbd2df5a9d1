"""Case bases: a test class is data, what every page must prove is inherited (ARCHITECTURE part 8).

    class TestUnitList(ListCase):
        url_name, permission = "properties:unit_list", "properties.view_unit"

        def make(self, community):
            return UnitFactory(building__community=community)

Rows that stand in no community (`scoped = False`) get None as community, and the foreign-row tests do not apply to them.
The base classes are not collected because their names do not begin with "Test".
"""

from tests.support.cases.base import (
    MOST_QUERIES,
    Case,
    assert_sent_to_sign_in,
    is_fragment,
    make_community,
    queries_of,
    signed_in,
)
from tests.support.cases.reading import DetailCase, ListCase
from tests.support.cases.writing import ActionCase, CreateCase, FormCase

__all__ = [
    "MOST_QUERIES",
    "ActionCase",
    "Case",
    "CreateCase",
    "DetailCase",
    "FormCase",
    "ListCase",
    "assert_sent_to_sign_in",
    "is_fragment",
    "make_community",
    "queries_of",
    "signed_in",
]
