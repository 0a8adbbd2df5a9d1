"""The estate import: a company's own workbook of buildings, units and people goes in (R10, DOMAIN 2.1, SECURITY 3.2).

columns   what the columns mean, once for template, import and export
rooms     which unit a row speaks of
people    which rows speak of the same person
facts     what the database knows about those units and people, in a handful of set queries
decide    what every row would do: error > added > changed > unchanged
payload   a decided row as an encrypted ImportRow, and back
checking  job step 1: read, decide, store the preview; nothing of the business is written
writing   job step 2: chunk by chunk, decide again, COPY
undoing   take a whole import back while nobody has touched what it wrote
batches   the services behind the pages: upload, correct, confirm, undo, purge
stopping  the ways out of one that does not go on: run the step again, or give it up
error_rows  the failed rows in the user's own layout
"""
