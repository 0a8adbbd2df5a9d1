"""Mutated bytes: a sheet or `BadFile`, whatever happens to the child."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadFile
from core.excel.headers import find_header
from core.excel.reader import read_workbook
from core.excel.rows import RowParser
from tests.support import workbooks
from tests.support.excel_columns import COLUMNS

# A subprocess each: few by default, thousands with FUZZ_EXAMPLES=10000.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6)), min_size=1, max_size=4)


def mutated(content: bytes, edits: list[tuple[float, bytes]]) -> bytes:
    changed = bytearray(content)
    for place, replacement in edits:
        at = int(place * len(changed))
        changed[at : at + max(len(replacement), 1)] = replacement
    return bytes(changed)


def survive(path) -> None:
    try:
        with read_workbook(path) as sheet:
            parser = RowParser(COLUMNS, find_header(sheet.rows, COLUMNS, merges=sheet.merges), merges=sheet.merges)
            for row in parser.parse_all(sheet.rows):
                assert len(row.errors) <= 2 * len(COLUMNS)
    except BadFile as refusal:
        assert refusal.sentence


@given(EDITS)
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_zip(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("fuzz")
    content = workbooks.messy(folder / "good.xlsx").read_bytes()
    (folder / "a.xlsx").write_bytes(mutated(content, edits))
    survive(folder / "a.xlsx")


@given(
    EDITS,
    st.sampled_from(["sheet1.xml", "sharedStrings.xml", "styles.xml", "workbook.xml", "workbook.xml.rels"]),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_xml(tmp_path_factory, edits, member):
    folder = tmp_path_factory.mktemp("fuzz")
    clean = workbooks.messy(folder / "good.xlsx")

    def edit(name: str, content: bytes) -> bytes:
        return mutated(content, edits) if name.endswith("/" + member) else content

    survive(workbooks.rewritten(clean, folder / "a.xlsx", edit))


@given(EDITS)
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_xls(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("fuzz")
    content = workbooks.xls(folder / "good.xls", [workbooks.HEADERS, workbooks.GOOD_ROW]).read_bytes()
    (folder / "a.xls").write_bytes(mutated(content, edits))
    survive(folder / "a.xls")


@given(EDITS)
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_csv(tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("fuzz")
    content = "楼栋,房号,姓名,手机\n3栋,0101,王建国,13912345678\n".encode("gb18030")
    (folder / "a.csv").write_bytes(mutated(content, edits))
    survive(folder / "a.csv")
