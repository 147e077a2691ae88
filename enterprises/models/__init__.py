from enterprises.models.announcements.announcement import Announcement
from enterprises.models.announcements.line import AnnouncementLine, NameChoice
from enterprises.models.application import (
    Agency,
    AgencyEvent,
    AgencyReply,
    AgencySpelling,
    Application,
    BulkRun,
    RejectionReason,
)
from enterprises.models.case import Case
from enterprises.models.contradiction import Contradicted, Contradiction, Settled, Settlement
from enterprises.models.duty.done import DutyDone
from enterprises.models.duty.duty import DutyState, YearlyDuty
from enterprises.models.duty.reminder import DutyReminder
from enterprises.models.eligibility.rule_set import RuleSet
from enterprises.models.enterprise import Closure, Enterprise, FormerName, Placement
from enterprises.models.followup import FirmOwner, FollowUpRule, Talk, TalkKind, UnitContact
from enterprises.models.incident import Incident
from enterprises.models.ip.item import IpItem
from enterprises.models.ip.right import IpClass, IpClassRule, IpKind
from enterprises.models.job import Job
from enterprises.models.ledger import LedgerEntry, LedgerHead, SourceFile
from enterprises.models.mapping import ColumnMapping, Office
from enterprises.models.notice import Notice
from enterprises.models.qualification import Qualification
from enterprises.models.quarter import LockException, Period, Quarter, Reminder
from enterprises.models.quarter_event import QuarterEvent
from enterprises.models.records import (
    Record,
    RecordEntry,
    RecordField,
    RecordKind,
    RecordLevel,
)
from enterprises.models.reference import (
    KindTerm,
    QualificationKind,
    QuarterRule,
    ReminderRule,
    TechField,
)
from enterprises.models.reserve.advice import Advice, DeclinedAdvice
from enterprises.models.reserve.judgement import JudgementMark, KeptJudgement
from enterprises.models.reserve.pool import PoolEntry
from enterprises.models.reserve.reminder import ReviewReminder
from enterprises.models.roster import Roster, RosterVersion
from enterprises.models.roster_findings import Remark, RosterProblem
from enterprises.models.roster_firm import RosterFirm
from enterprises.models.version_state import VersionState
from enterprises.models.yearly import YearlyFigures

__all__ = [
    "Advice",
    "Agency",
    "AgencyEvent",
    "AgencyReply",
    "AgencySpelling",
    "Announcement",
    "AnnouncementLine",
    "Application",
    "BulkRun",
    "Case",
    "Closure",
    "ColumnMapping",
    "Contradicted",
    "Contradiction",
    "DeclinedAdvice",
    "DutyDone",
    "DutyReminder",
    "DutyState",
    "Enterprise",
    "FirmOwner",
    "FollowUpRule",
    "FormerName",
    "Incident",
    "IpClass",
    "IpClassRule",
    "IpItem",
    "IpKind",
    "Job",
    "JudgementMark",
    "KeptJudgement",
    "KindTerm",
    "LedgerEntry",
    "LedgerHead",
    "LockException",
    "NameChoice",
    "Notice",
    "Office",
    "Period",
    "Placement",
    "PoolEntry",
    "Qualification",
    "QualificationKind",
    "Quarter",
    "QuarterEvent",
    "QuarterRule",
    "Record",
    "RecordEntry",
    "RecordField",
    "RecordKind",
    "RecordLevel",
    "RejectionReason",
    "Remark",
    "Reminder",
    "ReminderRule",
    "ReviewReminder",
    "Roster",
    "RosterFirm",
    "RosterProblem",
    "RosterVersion",
    "RuleSet",
    "Settled",
    "Settlement",
    "SourceFile",
    "Talk",
    "TalkKind",
    "TechField",
    "UnitContact",
    "VersionState",
    "YearlyDuty",
    "YearlyFigures",
]
