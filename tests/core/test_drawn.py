"""Parts of pages that are drawn once, statements that are made once, rows that take their columns as they come."""

import pytest
from django.forms.models import model_to_dict
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import reverse
from django.utils.safestring import mark_safe

from core.addresses import row_address
from core.models import DictItem, DictType
from core.statements import KEYS, Instances, Joined, Statement, among

NASTY = '<b>"&</b>'


def draw(source: str, **values: object) -> str:
    return str(Template(source).render(Context(values)))


def test_a_drawn_part_sees_what_it_names_and_nothing_else():
    template = Template("{% drawn name=name %}[{{ name }}{{ secret }}{{ request.path }}]{% enddrawn %}{{ secret }}")
    request = RequestFactory().get("/somewhere/")
    assert template.render(RequestContext(request, {"name": "a", "secret": "mine"})) == "[a]mine"
    assert template.render(RequestContext(request, {"name": "a", "secret": "yours"})) == "[a]yours"
    assert template.render(RequestContext(request, {"name": "b", "secret": "mine"})) == "[b]mine"


def test_what_varies_is_put_in_escaped_each_time():
    template = Template(
        "{% drawn n=n varying here=here %}<a href='{{ here }}&amp;n={{ n }}'>{{ here }}</a>{% enddrawn %}"
    )
    for here in ("?a=1&b=2", NASTY, mark_safe("<i>safe</i>"), 12):
        plain = Template("<a href='{{ here }}&amp;n={{ n }}'>{{ here }}</a>").render(Context({"n": 3, "here": here}))
        assert template.render(Context({"n": 3, "here": here})) == plain


def test_whether_something_that_varies_is_there_may_be_asked():
    template = Template("{% drawn varying next=next %}{% if next %}[{{ next }}]{% else %}none{% endif %}{% enddrawn %}")
    assert [template.render(Context({"next": word})) for word in ("a", "", "b", None)] == ["[a]", "none", "[b]", "none"]


def test_values_that_are_equal_but_drawn_differently_are_kept_apart():
    template = Template("{% drawn value=value %}{{ value }}{% enddrawn %}")
    values = [1, True, "<i>", mark_safe("<i>"), ["<i>"], [mark_safe("<i>")]]
    assert [template.render(Context({"value": value})) for value in values + values] == 2 * [
        draw("{{ value }}", value=value) for value in values
    ]


def test_every_reader_has_his_own_token_in_a_drawn_part():
    template = Template("{% drawn %}{% csrf_token %}{% enddrawn %}")
    tokens = [template.render(Context({"csrf_token": token})) for token in ("one", "two")]
    assert tokens == [f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">' for token in ("one", "two")]


def test_a_word_that_is_no_value_is_refused():
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template("{% drawn name varying x=1 %}{% enddrawn %}")


def test_the_address_of_a_row_is_that_of_reverse():
    for name in ("properties:community_detail", "owners:owner_file", "owners:unit_file"):
        assert [row_address(name, pk) for pk in (7, 987654321)] == [reverse(name, args=[pk]) for pk in (7, 987654321)]


@pytest.fixture
def words(db: None) -> list[DictItem]:
    kind = DictType.objects.create(code="test-words", name="词", group="测试")
    return [DictItem.objects.create(type=kind, code=code, name=code, extra={"n": code}) for code in "abc"]


def test_rows_read_lean_are_those_of_django(words, django_assert_num_queries):
    row = DictItem.objects.only("name").get(pk=words[0].pk)
    assert (row.name, row._state.adding, row._state.db) == ("a", False, "default")
    with django_assert_num_queries(1):
        assert row.code == "a"
    row.name = "A"
    row.save()
    assert DictItem.objects.get(pk=row.pk) == words[0]
    assert DictItem.objects.get(pk=row.pk).name == "A"


def test_a_statement_takes_any_number_of_keys(words, django_assert_num_queries):
    found = Instances(DictItem, lambda keys: DictItem.objects.filter(among("pk", keys)).order_by("code"), KEYS)
    with django_assert_num_queries(3):
        assert found.rows([words[0].pk]) == words[:1]
        assert found.rows([word.pk for word in words]) == words
        assert found.rows([]) == []
    assert found.rows([words[1].pk])[0].extra == {"n": "b"}  # turned into Python when it is asked for


def test_rows_by_their_keys_are_those_of_django(words, django_assert_num_queries):
    def with_type(rows):
        return rows.select_related("type")

    wanted = {row.pk: row for row in with_type(DictItem.objects.filter(type__code="test-words"))}
    joined = Joined(with_type, DictItem)
    with django_assert_num_queries(3):
        found = {row.pk: row for row in joined.rows(DictItem.objects.all(), [word.pk for word in words])}
        assert [row.pk for row in joined.rows(DictItem.objects.all(), [words[1].pk])] == [words[1].pk]
        assert list(joined.rows(DictItem.objects.all(), [])) == []
        assert {row.type.name for row in found.values()} == {"词"}  # joined, not asked for
    for pk, row in wanted.items():
        assert model_to_dict(found[pk]) == model_to_dict(row)
        assert found[pk].extra == {"n": row.code}


def test_a_mark_that_gets_lost_is_noticed(db):
    with pytest.raises(AssertionError, match="mark"):
        Statement(lambda code: DictItem.objects.filter(code="fixed").values_list("pk"), "?").rows("a")
