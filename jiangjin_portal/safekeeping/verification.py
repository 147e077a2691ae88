"""Checking a home as it stands: database, ledger, files, spans, judgements, key. Nothing is changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings

from enterprises.loading import storage
from enterprises.mining import kept_check
from enterprises.models import RosterVersion, SourceFile
from enterprises.records import record_check
from jiangjin_portal import home, sealed_books
from jiangjin_portal.safekeeping import children, ledger_check
from jiangjin_portal.safekeeping.manifest import sha256_of
from jiangjin_portal.safekeeping.sides import DATABASE_ERRORS, own_side
from parks.models import Seal
from parks.sealing.marks import DaySeal, not_as_marked
from targets.figures import span_check, spans
from targets.key_tasks import files as task_files
from targets.models import AssessmentFile, StepFile, TaskFile

GUARDS = (
    *("ledger_append_only", "quarter_event_append_only", "record_entry_append_only"),
    *("ledger_undeletable", "quarter_event_undeletable", "record_entry_undeletable"),
    *("seal_append_only", "seal_undeletable"),
    *("security_event_append_only", "security_event_undeletable"),
)
"""Triggers of the migrations, on either database."""
SHOWN = 20
"""Problems of one check that are told one by one."""


@dataclass(frozen=True)
class CheckResult:
    """What one check has looked at, in words, and what it found wrong."""

    name: str
    told: str
    problems: list[str]


Check = Callable[[], tuple[str, Iterable[str]]]


def verify(marks: Sequence[DaySeal] = (), *, but: Collection[str] = ()) -> list[CheckResult]:
    """Every check, in their order; where the database cannot be read, those before it only.

    `marks`: seals that were kept elsewhere, and which this database has to answer to. `but`: names
    of checks that are left out.
    """
    findings = []
    checks: list[tuple[str, Check]] = [(name, check) for name, check in CHECKS if name not in but]
    if marks:
        checks.append((MARKS, partial(check_marks, marks)))
    for name, check in checks:
        try:
            told, problems = check()
            found = list(problems)
        except DATABASE_ERRORS as error:
            told, found = "无法读取数据库", [str(error).strip()]
        findings.append(CheckResult(name, told, found))
        # What follows asks tables that may not be there.
        if found and name in FIRST:
            break
    return findings


def check_database() -> tuple[str, list[str]]:
    tables = own_side().tables_in_use()
    if not tables:
        return "没有可读的数据库", ["数据库不存在、是空的，或已损坏。"]
    # A guard comes with its migration: of a database that lacks some the next check speaks.
    pending = children.pending_since(ledger_check.applied_migrations())
    problems: list[str] = own_side().unsound_in_use(() if pending else GUARDS)
    return f"{len(tables)}张数据表，{sum(tables.values())}行，约束和引用逐项核对", problems


def check_migrations() -> tuple[str, list[str]]:
    applied = ledger_check.applied_migrations()
    problems = [f"尚未执行的迁移：{name}" for name in children.pending_since(applied)]
    problems += [
        f"本程序没有的迁移：{name}（数据库由更新的程序所用）"
        for name in children.unknown_migrations(applied)
    ]
    return f"{len(applied)}项迁移", problems


def check_seals() -> tuple[str, list[str]]:
    """The rows of each book that is only added to are those that were sealed."""
    return f"{Seal.objects.count()}次封存，逐次重新计算摘要", list(sealed_books.broken())


def check_marks(marks: Sequence[DaySeal]) -> tuple[str, list[str]]:
    """The seals that were kept elsewhere are those in the database."""
    return f"封存文件中{len(marks)}次封存", list(not_as_marked(marks, sealed_books.BOOKS))


def check_files() -> tuple[str, list[str]]:
    """Every file that a row names is there with its size and digest."""
    count, problems = 0, []
    for title, path, size, sha256 in _named_files():
        count += 1
        if not path.is_file():
            problems.append(f"缺少{title}（{path}）")
        elif path.stat().st_size != size or sha256_of(path) != sha256:
            problems.append(f"{title}的内容与登记不符（{path}）")
    marked = RosterVersion.objects.exclude(annotated_as="").values_list("annotated_as", flat=True)
    for name in marked.order_by("pk").iterator():
        count += 1
        if not (Path(settings.MEDIA_ROOT) / name).is_file():
            problems.append(f"缺少批注副本 {name}")
    return f"{count}个文件，逐个核对内容", problems


def check_spans() -> tuple[str, list[str]]:
    """Spans counted anew are those kept; what the ledger has added since is not counted yet."""
    ahead = spans.mark() - spans.ledger_end()
    if ahead > 0:
        return "计数区间", [f"计数区间已到账簿之后{ahead}条：账簿缺少末尾的记录。"]
    firms, different = span_check.hold_against_facts()
    problems = [
        f"企业 {uscc} 的计数区间与事实不符（manage.py recompute --rebuild）" for uscc in different
    ]
    later = f"，账簿另有{-ahead}条待计入" if ahead else ""
    return f"{firms}家企业的计数区间重新计算后比对{later}", problems


def check_judgements() -> tuple[str, list[str]]:
    """Firms held against the conditions anew stand as the kept judgements say."""
    number, ahead, different = kept_check.hold_against_facts()
    problems = [f"自检（{mark}）已到账簿之后：账簿缺少末尾的记录。" for mark in ahead]
    problems += [
        f"企业 {uscc} 的自检结果与事实不符（manage.py recompute --rebuild）" for uscc in different
    ]
    return f"{number}条自检结果重新核对后比对", problems


def check_records() -> tuple[str, list[str]]:
    """Each record is what its entries in force say, one after the other."""
    count, different = record_check.hold_against_entries()
    problems = [f"台账记录 {number} 与它的账目不符。" for number in different]
    return f"{count}条台账记录，逐条与账目核对", problems


def check_access() -> tuple[str, list[str]]:
    """The key is there, and nobody but the owner reaches the home."""
    problems = []
    if not os.environ.get("SECRET_KEY") and not (settings.HOME / home.KEY).is_file():
        problems.append(f"缺少密钥文件 {settings.HOME / home.KEY}")
    open_to_others = [path for path in home.all_of(settings.HOME) if _reached_by_others(path)]
    problems += [f"他人可以访问 {path}" for path in open_to_others]
    return f"密钥和 {settings.HOME} 的访问权限", problems


def _reached_by_others(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.lstat().st_mode) & home.OTHERS)
    except FileNotFoundError:
        return False  # the portal runs, and files come and go


def _named_files() -> Iterator[tuple[str, Path, int, str]]:
    """Title, path, size in bytes and sha256 of every file that people sent."""
    for source in SourceFile.objects.exclude(stored_as="").order_by("pk").iterator():
        yield f"来源文件“{source.name}”", storage.path_of(source), source.size, source.sha256
    for file in TaskFile.objects.order_by("pk").iterator():
        yield f"任务附件“{file.name}”", task_files.path_of(file), file.size, file.sha256
    for proof in StepFile.objects.order_by("pk").iterator():
        yield f"决定附件“{proof.name}”", task_files.path_of(proof), proof.size, proof.sha256
    for evidence in AssessmentFile.objects.order_by("pk").iterator():
        path = task_files.path_of(evidence)
        yield f"考核材料“{evidence.name}”", path, evidence.size, evidence.sha256


CHECKS: tuple[tuple[str, Check], ...] = (
    ("数据库", check_database),
    ("迁移", check_migrations),
    ("账簿", ledger_check.check_ledger),
    ("事实", ledger_check.check_facts),
    ("台账", check_records),
    ("封存", check_seals),
    ("文件", check_files),
    ("计数", check_spans),
    ("自检", check_judgements),
    ("权限", check_access),
)
MARKS = "封存文件"
FIRST = ("数据库", "迁移")
DERIVED = ("计数", "自检")
"""Checks of what is counted from the facts, and can be counted anew at any time."""
