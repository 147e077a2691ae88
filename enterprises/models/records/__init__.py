from enterprises.models.records.entry import RecordEntry
from enterprises.models.records.kind import FieldType, RecordField, RecordKind, Role
from enterprises.models.records.record import Record, RecordLevel

__all__ = ["FieldType", "Record", "RecordEntry", "RecordField", "RecordKind", "RecordLevel", "Role"]
