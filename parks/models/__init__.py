from parks.models.accounts import OpenSession, RecoveryCode, SecondFactor, UsedPassword
from parks.models.people import Unit, UnitQuerySet, User
from parks.models.requests import IdempotencyKey
from parks.models.seals import Seal, SealedBook
from parks.models.security import SecurityEvent

__all__ = [
    "IdempotencyKey",
    "OpenSession",
    "RecoveryCode",
    "Seal",
    "SealedBook",
    "SecondFactor",
    "SecurityEvent",
    "Unit",
    "UnitQuerySet",
    "UsedPassword",
    "User",
]
