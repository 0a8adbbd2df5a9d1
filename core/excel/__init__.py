"""Spreadsheets in and out, without a word of any business in it.

In: `inspect_upload` refuses what is no table, `read_workbook` reads in a limited child process,
`find_header` matches columns by name, `RowParser` turns cells into values or `CellError`s,
`write_error_workbook` gives bad rows back in the user's own layout.
Out: `write_template`, `write_table`, `write_csv`.
"""
