from parks.models.people import Unit, UnitQuerySet, User
from parks.models.requests import IdempotencyKey
from parks.models.seals import Seal, SealedBook
from parks.models.security import SecurityEvent

__all__ = [
    "IdempotencyKey",
    "Seal",
    "SealedBook",
    "SecurityEvent",
    "Unit",
    "UnitQuerySet",
    "User",
]
