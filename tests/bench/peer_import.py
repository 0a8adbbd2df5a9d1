"""The peer: django-import-export's bulk mode into a plain table, adding or changing rows by their key as ours does.

It looks each row up by its key, which is what an import that may be repeated has to do; the table has an index for it.
"""

import sys
import time

from tests.bench.django_setup import setup

setup()

from import_export import resources  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402

from tests.bench.imports import timed  # noqa: E402
from tests.bench.peers.models import PlainRow  # noqa: E402
from tests.bench.peers.tables import COLUMNS, empty_table  # noqa: E402


class PlainResource(resources.ModelResource):
    class Meta:
        model = PlainRow
        fields = COLUMNS
        import_id_fields = ("building", "entrance", "number", "name", "phone")
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        use_transactions = True


def main(path: str) -> None:
    empty_table()
    began = time.perf_counter()
    with open(path, "rb") as file:
        dataset = XLSX().create_dataset(file.read())
    dataset.headers = list(COLUMNS)
    result = PlainResource().import_data(dataset, raise_errors=True)
    assert result.total_rows == PlainRow.objects.count()
    timed(began)


main(sys.argv[1])
