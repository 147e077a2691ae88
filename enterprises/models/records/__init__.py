from enterprises.models.records.entry import RecordEntry
from enterprises.models.records.kind import FieldRole, FieldType, RecordField, RecordKind
from enterprises.models.records.record import Record, RecordLevel

__all__ = [
    "FieldRole",
    "FieldType",
    "Record",
    "RecordEntry",
    "RecordField",
    "RecordKind",
    "RecordLevel",
]
