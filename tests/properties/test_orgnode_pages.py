"""Pages of the organisation tree."""

from properties.models import OrgNode
from tests.factories.properties import OrgNodeFactory
from tests.properties.support import OnNode, Stops
from tests.support.cases import ActionCase, CreateCase, FormCase


class TestOrgNodeCreate(OnNode, CreateCase):
    model = OrgNode
    url_name, permission = "properties:orgnode_create", "properties.add_orgnode"
    log_action, invalid_field = "properties.orgnode.created", "parent"

    def valid(self):
        return {"parent": self.other.pk, "kind": "city", "name": "苏州", "sort": "0"}

    def invalid(self):
        return self.valid() | {"parent": ""}


class TestOrgNodeUpdate(OnNode, FormCase):
    url_name, permission = "properties:orgnode_update", "properties.change_orgnode"
    log_action, invalid_field = "properties.orgnode.changed", "kind"

    def valid(self):
        return {"kind": "city", "name": "无锡", "sort": "1"}

    def invalid(self):
        return self.valid() | {"kind": "region"}


class TestOrgNodeMove(OnNode, FormCase):
    url_name, permission = "properties:orgnode_move", "properties.change_orgnode"
    log_action, invalid_field = "properties.orgnode.moved", "parent"

    def valid(self):
        return {"parent": self.other.parent_id}

    def invalid(self):
        return {"parent": ""}


class TestOrgNodeDisable(OnNode, Stops):
    url_name, permission = "properties:orgnode_disable", "properties.change_orgnode"
    log_action = "properties.orgnode.disabled"


class TestOrgNodeRestore(OnNode, ActionCase):
    url_name, permission = "properties:orgnode_restore", "properties.change_orgnode"
    log_action = "properties.orgnode.restored"

    def make(self, community):
        return OrgNodeFactory(disabled_at="2026-01-01T00:00Z")
