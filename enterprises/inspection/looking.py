"""Whether a file from outside is taken, by what is in it: the one way for every upload."""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path

from enterprises.inspection import virus_scan
from enterprises.inspection.beginnings import OLE, PDF, ZIP
from enterprises.inspection.inspect_process import InspectionOrder
from enterprises.sandbox.parent import ChildRun, run_child

CHILD = "enterprises.inspection.inspect_process"
FOUND = {
    "macro": "含有宏，请另存为不含宏的文件后上传",
    "embedded": "嵌有其他程序的对象或附件，请删去或另存为不含对象的文件后上传",
    "external": "打开时会从别处取模板或对象，请断开链接后上传",
    "dde": "含有会启动其他程序的链接（DDE），请断开链接后上传",
    "script": "含有脚本，请打印或另存为不含脚本的 PDF 后上传",
    "bomb": "由过多的部分组成，请重新保存后上传",
}
"""What is found → what is said of it."""
NOT_LOOKED_INTO = "不能检查内容，请重新保存后上传"
FIRST_BYTES = 8

log = logging.getLogger(__name__)


def objection_to_content(content: bytes) -> str | None:
    """The same of a file that is held in memory."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return objection_to(Path(file.name))


def objection_to(path: Path) -> str | None:
    """Why the file is not taken, in Chinese without its name; None if it is.

    Raises ScannerAway where a virus scanner is set and does not answer.
    """
    if virus := virus_scan.virus_in(path):
        log.warning("a virus was sent: %s", virus)
        return f"含有病毒（{virus}），没有接收"
    with path.open("rb") as file:
        head = file.read(FIRST_BYTES)
    # Text and pictures make no program do anything.
    if not head.startswith((ZIP, OLE, PDF)):
        return None
    run = ChildRun()
    run_child(CHILD, InspectionOrder(path), run)
    if not run.complete:
        log.warning("a file was not looked into: %s %r", run.exit_code, run.complaint[-200:])
        return NOT_LOOKED_INTO
    found = json.loads(bytes(run.received))
    return FOUND[found] if found else None
