"""Under a list: total with its time, page size, numbered pages within the first 10,000 rows, previous and next by key after."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core.web import paging
from core.web.filters import without


def footer(request: HttpRequest, page: paging.Page) -> dict[str, Any]:
    """Total with time stamp, page size, numbered pages within the first 10,000 rows, previous and next by key after."""
    query = request.GET
    here = without(query)
    last_number = min(page.pages, paging.EXACT_LIMIT // page.size)
    by_key = page.number is None or page.number >= last_number
    next_url = f"{here}&after={page.rows[-1].pk}" if by_key and page.rows else f"{here}&page={(page.number or 0) + 1}"
    previous_url = f"{here}&page={(page.number or 2) - 1}"
    if page.number is None and page.rows:
        previous_url = f"{here}&before={page.rows[0].pk}"
    return {
        "total_text": page.count.text,
        "exact": not page.count.more,
        "count_url": f"{here}&count=exact",
        "at": timezone.now(),
        "number": page.number or 1,
        "pages": [{"n": n, "active": n == page.number} for n in _numbers(page.number or 0, last_number)],
        "here": here,
        "first": page.first,
        "last": page.last,
        "next_url": next_url if page.has_next else "",
        "prev_url": previous_url if page.has_previous else "",
        "jump": last_number > 7,
        "jump_max": last_number,
        "size": page.size,
        "sizes": [{"n": n, "active": n == page.size} for n in paging.SIZES],
        "here_sized": without(query, "size"),
        "more": page.has_next or page.has_previous,
    }


def _numbers(current: int, last: int) -> list[int | None]:
    """1 … 4 5 6 … 20: the ends, the neighbours, None for a gap."""
    shown = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers
