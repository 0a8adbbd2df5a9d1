"""Words for COPY say what the same words as an expression would."""

import pytest
from django.db import connection

from core.lexemes import literal, tidy


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [("王建国", "wangjianguo", "wjg"), ("o'brien", "o'", "a\\b"), ("it''s", "\\", "x" * 50), (), ("", "3-2-1502")],
)
def test_a_literal_is_read_as_its_words(words) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [literal(words)])
        assert cursor.fetchone()[0] == tidy(words)
