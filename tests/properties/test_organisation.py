import pytest
from django.urls import reverse

from core.actors import SYSTEM
from core.errors import BadValue, BusinessError, OutOfScope
from core.models import LogEntry
from properties.models import Community, OrgNode
from properties.services import communities, organisation
from tests.factories.audit import GrantFactory, RoleFactory, UserFactory, user_with
from tests.factories.properties import CommunityFactory, OrgNodeFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    group = OrgNodeFactory(name="集团")
    east = OrgNodeFactory(name="华东", kind="region", parent=group)
    south = OrgNodeFactory(name="华南", kind="region", parent=group)
    city = OrgNodeFactory(name="苏州", kind="city", parent=east)
    return {"group": group, "east": east, "south": south, "city": city, "lake": CommunityFactory(node=city)}


def grant_for(*nodes, role=None, extra=()):
    role = role or RoleFactory(data_scope="subtree", holds=["properties.view_unit"])
    ids = [*organisation.communities_below([node.pk for node in nodes]), *extra]
    return GrantFactory(user=UserFactory(), role=role, node_ids=[node.pk for node in nodes], community_ids=ids)


def test_r6_moving_a_node_moves_its_subtree_and_the_grants(tree):
    of_east, of_south = grant_for(tree["east"]), grant_for(tree["south"])
    organisation.move_node(tree["city"], by=SYSTEM, parent=tree["south"])
    assert OrgNode.objects.get(pk=tree["city"].pk).path == f"/{tree['group'].pk}/{tree['south'].pk}/{tree['city'].pk}/"
    of_east.refresh_from_db(), of_south.refresh_from_db()
    assert of_east.community_ids == []
    assert of_south.community_ids == [tree["lake"].pk]
    assert LogEntry.objects.filter(action=organisation.REMATERIALISED).count() == 2


def test_communities_ticked_beside_the_nodes_stay(tree):
    single = CommunityFactory(node=tree["south"])
    grant = grant_for(tree["east"], extra=[single.pk])
    made = communities.create_community(by=SYSTEM, node=tree["city"], code="new1", name="新项目")
    grant.refresh_from_db()
    assert made.code == "NEW1"
    assert grant.community_ids == sorted([tree["lake"].pk, single.pk, made.pk])


def test_repair_makes_grants_follow_the_nodes_alone(tree):
    grant = grant_for(tree["east"], extra=[999_999])
    assert organisation.rematerialise_grants(by=SYSTEM) == 1
    grant.refresh_from_db()
    assert grant.community_ids == [tree["lake"].pk]


def test_moving_a_community_changes_who_sees_it(tree):
    grant = grant_for(tree["south"])
    communities.change_community(tree["lake"], by=SYSTEM, node=tree["south"])
    grant.refresh_from_db()
    assert grant.community_ids == [tree["lake"].pk]


def test_a_node_never_hangs_below_itself_or_a_lower_level(tree):
    with pytest.raises(BadValue):
        organisation.move_node(tree["east"], by=SYSTEM, parent=tree["city"])
    with pytest.raises(BadValue):
        organisation.create_node(by=SYSTEM, kind="group", name="另一个", parent=tree["city"])
    with pytest.raises(BadValue):
        organisation.create_node(by=SYSTEM, kind="city", name="无上级")
    with pytest.raises(BadValue):
        organisation.change_node(tree["east"], by=SYSTEM, kind="city", name="华东")


def test_same_name_under_one_parent_is_refused(tree):
    with pytest.raises(BadValue, match="同名"):
        organisation.create_node(by=SYSTEM, kind="region", name="华东", parent=tree["group"])


def test_a_node_in_use_is_not_stopped(tree):
    with pytest.raises(BusinessError, match="1 个启用的项目"):
        organisation.disable_node(tree["city"], by=SYSTEM)
    communities.disable_community(tree["lake"], by=SYSTEM, reason="撤场")
    organisation.disable_node(tree["city"], by=SYSTEM)
    organisation.restore_node(tree["city"], by=SYSTEM)
    assert OrgNode.objects.get(pk=tree["city"].pk).disabled_at is None


def test_creator_without_a_grant_for_the_place_is_refused(tree):
    user = user_with("properties.add_community", communities=[tree["lake"]])
    with pytest.raises(BusinessError, match="数据范围"):
        communities.create_community(by=user, node=tree["south"], code="X1", name="别处")
    assert not Community.objects.filter(code="X1").exists()


def test_creator_with_a_grant_for_the_node_sees_the_new_community_at_once(tree):
    role = RoleFactory(data_scope="subtree", holds=["properties.add_community", "properties.view_community"])
    user = grant_for(tree["east"], role=role).user
    made = communities.create_community(by=user, node=tree["city"], code="Y1", name="新盘")
    assert made in Community.objects.visible_to(user, "properties.view_community")


# --- Who may change the tree ---------------------------------------------------------------------------------------------

NODE_RIGHTS = ("properties.view_orgnode", "properties.add_orgnode", "properties.change_orgnode")
ACTS = {
    "edit": lambda node, tree, user: organisation.change_node(node, by=user, kind=node.kind, name="改名"),
    "move": lambda node, tree, user: organisation.move_node(node, by=user, parent=tree["south"]),
    "stop": lambda node, tree, user: organisation.disable_node(node, by=user),
    "restore": lambda node, tree, user: organisation.restore_node(node, by=user),
    "add": lambda node, tree, user: organisation.create_node(by=user, kind="city", name="新", parent=node),
}


def regional_admin(*nodes):
    return grant_for(*nodes, role=RoleFactory(data_scope="subtree", holds=NODE_RIGHTS)).user


@pytest.mark.parametrize("act", ACTS)
def test_rights_in_a_community_are_none_over_the_tree(tree, act):
    """All nodes are above somebody else's communities, also the one a community hangs on."""
    user = user_with(*NODE_RIGHTS, communities=[tree["lake"]])
    before = list(OrgNode.objects.order_by("pk").values())
    for name in ("group", "east"):
        with pytest.raises(OutOfScope):
            ACTS[act](tree[name], tree, user)
    assert list(OrgNode.objects.order_by("pk").values()) == before
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("act", ["edit", "move", "disable", "restore"])
def test_addresses_of_nodes_out_of_reach_are_not_found(tree, act):
    for user in (user_with(*NODE_RIGHTS, communities=[tree["lake"]]), regional_admin(tree["south"])):
        client, url = signed_in(user), f"/organisation/{tree['group'].pk}/{act}"
        assert client.get(url).status_code == 404
        assert client.post(url, {"kind": "group", "name": "改名", "sort": "0", "reason": "x"}).status_code == 404
    assert OrgNode.objects.get(pk=tree["group"].pk).name == "集团"


def test_a_subtree_is_changed_by_whoever_holds_it(tree):
    user = regional_admin(tree["east"])
    made = organisation.create_node(by=user, kind="city", name="无锡", parent=tree["east"])
    organisation.change_node(made, by=user, kind="city", name="无锡市")
    organisation.disable_node(made, by=user)
    with pytest.raises(OutOfScope):
        organisation.move_node(tree["city"], by=user, parent=tree["south"])
    with pytest.raises(OutOfScope):
        organisation.create_node(by=user, kind="group", name="另一个集团")
    whole = user_with(*NODE_RIGHTS)
    organisation.move_node(tree["city"], by=whole, parent=tree["south"])
    organisation.create_node(by=whole, kind="group", name="另一个集团")


def test_the_tree_shows_buttons_where_they_work(tree):
    def page(user):
        return signed_in(user).get("/organisation/").content.decode()

    everything, region = page(user_with(*NODE_RIGHTS)), page(regional_admin(tree["east"]))
    local = page(user_with(*NODE_RIGHTS, communities=[tree["lake"]]))
    edits = {name: f"/organisation/{tree[name].pk}/edit" for name in ("group", "east", "south", "city")}
    assert [name for name, url in edits.items() if url in everything] == list(edits)
    assert [name for name, url in edits.items() if url in region] == ["east", "city"]
    assert [name for name, url in edits.items() if url in local] == []
    assert "/organisation/new" in region
    assert "/organisation/new" not in local


def test_only_reachable_parents_are_offered(tree):
    form = signed_in(regional_admin(tree["east"])).get("/organisation/new").context["form"]
    assert set(form.fields["parent"].queryset) == {tree["east"], tree["city"]}


def test_a_new_community_is_offered_only_below_nodes_it_would_be_taken_at(tree):
    """The tree shows all nodes; the button and the choice of the form follow the right to the node, not the permission alone."""
    rights = ["properties.view_orgnode", "properties.add_community", "properties.view_community"]
    regional = signed_in(grant_for(tree["east"], role=RoleFactory(data_scope="subtree", holds=rights)).user)
    page = regional.get(reverse("properties:orgnode_tree")).content.decode()
    create = reverse("properties:community_create")
    assert f"{create}?node={tree['city'].pk}" in page
    assert f"{create}?node={tree['south'].pk}" not in page
    choices = regional.get(create).context["form"].fields["node"].queryset
    assert tree["city"] in choices
    assert tree["south"] not in choices
    local = signed_in(user_with(*rights, communities=[tree["lake"]]))
    assert create not in local.get(reverse("properties:orgnode_tree")).content.decode()
