from enterprises.models.enterprise import Closure, Enterprise, FormerName, Placement
from enterprises.models.job import Job
from enterprises.models.ledger import LedgerEntry, LedgerHead, SourceFile
from enterprises.models.qualification import Qualification
from enterprises.models.reference import KindTerm, QualificationKind, TechField
from enterprises.models.yearly import PoolEntry, YearlyFigures

__all__ = [
    "Closure",
    "Enterprise",
    "FormerName",
    "Job",
    "KindTerm",
    "LedgerEntry",
    "LedgerHead",
    "Placement",
    "PoolEntry",
    "Qualification",
    "QualificationKind",
    "SourceFile",
    "TechField",
    "YearlyFigures",
]
