"""The peer: django-import-export's bulk mode into a plain table.

    python -m tests.bench.peer_import FILE [lookup|cached|insert]

`lookup` is the peer: bulk mode, batches of 1,000, no diffs, each row found by the columns that say which one it is (an index for
them stands), so that the file may come again, as ours does. `cached` is the fastest its manual knows for that ("Performance tuning"):
CachedInstanceLoader fetches all rows with a key of the file at once; it takes a single key column, which the file has to be given
first, and on an empty table finds nothing to fetch. `insert` is told that nothing is there yet (force_init_instance): good for one run.
"""

import sys
import time

from tests.bench.django_setup import setup

setup()

from import_export import resources  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402
from import_export.instance_loaders import CachedInstanceLoader  # noqa: E402

from tests.bench.imports import timed  # noqa: E402
from tests.bench.peers.models import PlainRow  # noqa: E402
from tests.bench.peers.tables import COLUMNS, empty_table  # noqa: E402

KEY = ("building", "entrance", "number", "name", "phone")


class BulkResource(resources.ModelResource):
    class Meta:
        model = PlainRow
        fields = COLUMNS
        use_bulk = True
        batch_size = 1000
        skip_diff = True
        use_transactions = True


class Cached(BulkResource):
    class Meta(BulkResource.Meta):
        fields = (*COLUMNS, "key")
        import_id_fields = ("key",)
        instance_loader_class = CachedInstanceLoader

    def before_import(self, dataset, **options):
        places = [COLUMNS.index(name) for name in KEY]
        dataset.append_col(["|".join(str(row[at]) for at in places) for row in dataset], header="key")


class Lookup(BulkResource):
    class Meta(BulkResource.Meta):
        import_id_fields = KEY


class Insert(BulkResource):
    class Meta(BulkResource.Meta):
        import_id_fields = ()
        force_init_instance = True


WAYS = {"cached": Cached, "lookup": Lookup, "insert": Insert}


def main(path: str, way: str = "lookup") -> None:
    empty_table(indexed=way == "lookup")
    began = time.perf_counter()
    with open(path, "rb") as file:
        dataset = XLSX().create_dataset(file.read())
    dataset.headers = list(COLUMNS)
    result = WAYS[way]().import_data(dataset, raise_errors=True)
    assert result.total_rows == PlainRow.objects.count()
    timed(began)


main(*sys.argv[1:])
