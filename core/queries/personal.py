"""What a person keeps about a list."""

from typing import Any

from django.db import connection

from core.models import ListSetting, SavedView

# Written out: a page needs both, and the ORM would ask twice. The views are those of SavedViewQuerySet.usable_by.
_KEPT = f"""
SELECT setting.columns, setting.page_size, kept.id, kept.user_id, kept.name, kept.query, kept.columns, kept.shared
  FROM (SELECT 1) AS always
  LEFT JOIN {ListSetting._meta.db_table} AS setting ON setting.user_id = %(user)s AND setting.list_name = %(name)s
  LEFT JOIN {SavedView._meta.db_table} AS kept ON kept.list_name = %(name)s AND (kept.user_id = %(user)s OR kept.shared)
 ORDER BY kept.name
"""  # noqa: S608  names of tables, values are parameters


def list_of(user: Any, name: str) -> tuple[ListSetting, list[SavedView]]:
    """How the person likes the list, and the views he may use there: his own and those that colleagues share."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"user": user.pk, "name": name})
        rows = cursor.fetchall()
    setting = ListSetting(user=user, list_name=name)
    if rows[0][1] is not None:
        setting.columns, setting.page_size = rows[0][:2]
    views = [
        SavedView(pk=pk, user_id=by, list_name=name, name=word, query=query, columns=columns, shared=shared)
        for _columns, _size, pk, by, word, query, columns, shared in rows
        if pk is not None
    ]
    return setting, views
