"""What the portal itself writes into a workbook, so that the reader recognises it again."""

STAMP_SHEET = "_stamp"
"""Very hidden; its cell A1 carries the sealed stamp."""
LISTS_SHEET = "_选项"
"""Hidden; one column of allowed values per dropdown."""
HELP_SHEET = "填表说明"
SUMMARY_SHEET = "检查结果"
"""Of an annotated copy: every problem with its cell."""
REASON_TITLE = "检查说明（系统填写）"
"""Of an annotated copy: the column that says what is wrong with the row."""
COMMENT_AUTHOR = "名册检查"
ERROR_FILL, WARNING_FILL = "FFF4B6B6", "FFFFE49C"
"""ARGB of cells with an error and with a warning.

They are taken off again when an annotated copy is checked once more.
"""
OWN_SHEETS = frozenset((STAMP_SHEET, LISTS_SHEET, HELP_SHEET, SUMMARY_SHEET))
