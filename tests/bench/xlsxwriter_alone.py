"""Writes the cells of a workbook again with XlsxWriter in constant memory; reading them first is not counted."""

import sys
import time
from datetime import date, datetime

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.bench.imports import timed


def main(source: str, target: str) -> None:
    rows = CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()
    began = time.perf_counter()
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, (int, float)):
                sheet.write_number(at, column, cell)
            elif isinstance(cell, (date, datetime)):
                sheet.write_datetime(at, column, cell, day)
            elif cell != "":
                sheet.write_string(at, column, cell)
    book.close()
    timed(began)


main(sys.argv[1], sys.argv[2])
