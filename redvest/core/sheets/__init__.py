"""Spreadsheets from real offices: read (xlsx, xls, ods, csv), understood column by column, and written safely.

What lives here knows cells, headers and rows, and nothing about people or places; it never touches the database.
``child`` reads the file in a process of its own, ``reading`` streams its rows, ``headers`` finds the header row,
``cells`` and ``dates`` understand one value, ``tables`` puts them together, ``troubles`` says what is wrong,
``writing`` makes files.
"""
