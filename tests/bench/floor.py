"""The floor of any import: read the sheet with calamine, COPY the cells into a plain table. Nothing is checked."""

import sys
import time

from tests.bench.django_setup import setup

setup()

from django.db import connection  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from tests.bench.imports import timed  # noqa: E402
from tests.bench.peers.tables import COLUMNS, empty_table  # noqa: E402


def main(path: str) -> None:
    empty_table()
    began = time.perf_counter()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with connection.cursor() as cursor, cursor.copy(f"COPY bench_plainrow ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows[1:]:
            copy.write_row([None if cell == "" and at == 4 else str(cell) for at, cell in enumerate(row)])
    timed(began)


main(sys.argv[1])
