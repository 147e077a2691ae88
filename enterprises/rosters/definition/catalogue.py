"""The catalogue's rules for files (F…) and cells (R0…): code, severity, wording and how to fix it.

Rules over rows and the whole sheet (R1…, R2…) stand in `rules`, which joins all of them into one
list. A code is never used again for something else: it stands in the handbook and in stored
problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from enterprises.rosters.definition.problems import FileRefused, Problem, Severity, display_text

ERROR, WARNING = Severity.ERROR, Severity.WARNING
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the catalogue. `check`: only for rules over rows (see `rules.Check`)."""

    code: str
    severity: Severity
    reason: str
    fix: str
    check: Callable[..., Iterable[Any]] | None = None

    def problem(
        self, address: str, title: str, seen: object, reason: str = "", fix: str = ""
    ) -> Problem:
        """The rule's problem at an address; `reason` and `fix` say it more closely."""
        # A reason may quote what stands in the cell, however long that is.
        reason = (reason or self.reason)[:LONGEST_REASON]
        return Problem(
            self.code, self.severity, address, title, display_text(seen), reason, fix or self.fix
        )

    def refuse(
        self, filename: str, reason: str = "", address: str = "", fix: str = ""
    ) -> FileRefused:
        """The exception to raise; the address is that of the whole file by default."""
        return FileRefused(self.problem(address or filename, "文件", filename, reason, fix))


class Unreadable(Exception):
    """A cell whose value cannot be taken; carries the rule and, where it helps, a closer reason."""

    def __init__(self, rule: Rule, reason: str = "") -> None:
        super().__init__(reason or rule.reason)
        self.rule = rule
        self.reason = reason or rule.reason


# --- files ---
SAVE_AS_XLSX = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新上传"

EMPTY_FILE = Rule("F001", ERROR, "文件为空", "请检查文件后重新上传")
TOO_LARGE = Rule("F002", ERROR, "文件过大", "请删除图片和无关工作表后重新上传")
NOT_A_TABLE = Rule("F003", ERROR, "不是表格文件", SAVE_AS_XLSX)
WRONG_NAME = Rule("F004", ERROR, "文件内容与扩展名不符", SAVE_AS_XLSX)
OLD_FORMAT = Rule("F005", ERROR, "不支持的表格格式", SAVE_AS_XLSX)
ENCRYPTED = Rule(
    "F006",
    ERROR,
    "文件已加密",
    # A workbook whose structure is protected may be encrypted with a password that every program
    # knows: its owner was never asked for one.
    "请去除打开密码后重新上传；打开时不问密码的，请取消“保护工作簿”，另存后重新上传",
)
MACROS = Rule("F007", ERROR, "文件含有宏，不接收", "请另存为不含宏的 .xlsx 后重新上传")
DAMAGED = Rule(
    "F008",
    ERROR,
    "文件损坏，或不是规范的表格文件",
    "请用 Excel 或 WPS 打开，确认无误后另存，再重新上传",
)
SUSPICIOUS = Rule(
    "F009", ERROR, "文件结构异常，为安全起见不予读取", "请把数据复制到新建的工作簿中，另存后上传"
)
NO_SHEET = Rule("F010", ERROR, "文件中没有可见的工作表", "请把名册放在可见的工作表中")
TOO_MANY_ROWS = Rule("F011", ERROR, "数据行过多", "请按单位分成几个文件上传")
BAD_TEXT = Rule(
    "F012", ERROR, "CSV 文件无法读取", "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传"
)
NO_HEADER = Rule(
    "F013", ERROR, "前20行中没有找到标题行（需有“企业名称”“统一社会信用代码”等列）", "请补上标题行"
)
MISSING_COLUMNS = Rule("F014", ERROR, "缺少必需的列", "请补上这些列，没有数据的可留空")
DOUBLE_COLUMN = Rule("F015", ERROR, "同一列出现两次", "请删除或改名其中一列")
NO_ROWS = Rule("F016", ERROR, "标题行下面没有任何企业", "请检查是否选错了文件或工作表")
EMPTY_ROSTER = Rule("F017", WARNING, "名册中没有任何企业", "确实没有企业的不必处理；否则请检查文件")
TOO_SLOW = Rule(
    "F018",
    ERROR,
    "读取用时过长，已中止",
    "请把数据复制到新建的工作簿，另存后上传；服务器繁忙时请稍后再试",
)
TOO_HUNGRY = Rule(
    "F019", ERROR, "读取需要的内存超过上限，已中止", "请把数据复制到新建的工作簿，另存后上传"
)
CRASHED = Rule(
    "F020",
    ERROR,
    "文件结构异常，读取中断",
    "请用 Excel 或 WPS 打开，把数据复制到新建的工作簿，另存后上传",
)
TOO_MUCH_WRONG = Rule(
    "F021", ERROR, "问题过多，很可能选错了文件或各列错位", "请对照模板检查各列，再重新上传"
)
UNREAD_FIRMS = Rule(
    "F022",
    ERROR,
    "另一张工作表上还有企业，没有读取",
    "请把各张工作表的企业合并到一张，再上传；不报送的工作表请删除",
)

# --- cells ---
CODE_WRONG = Rule("R001", ERROR, "统一社会信用代码有误", "请对照营业执照重新填写")
CODE_AS_NUMBER = Rule(
    "R002",
    ERROR,
    "信用代码存成了数字，末尾几位已经丢失",
    "请先把该列设为文本格式，再对照营业执照重新填写",
)
FORMULA = Rule(
    "R003", ERROR, "公式未计算，没有可读取的结果", "请在 Excel 中打开并保存，或粘贴为数值"
)
ERROR_CELL = Rule("R004", ERROR, "单元格是错误值", "请改正公式或直接填写数值")
BAD_CHARACTERS = Rule("R005", ERROR, "含有控制字符或乱码", "请删除该单元格内容后重新输入")
TOO_LONG = Rule("R006", ERROR, "内容过长", "请缩短内容")
BAD_DATE = Rule("R007", ERROR, "不是有效的日期", "请填成 2024-02-09 的样式，年月日齐全")
BAD_NUMBER = Rule("R008", ERROR, "不是有效的数字", "请只填数字，不带文字和单位")
WRONG_UNIT = Rule("R009", ERROR, "单位不对", "请换算成万元，只填数字")
NOT_WHOLE = Rule("R010", ERROR, "应为整数", "请填整数")
NEGATIVE = Rule("R011", ERROR, "不能为负数", "请核对后填写零或正数")
OUT_OF_RANGE = Rule("R012", ERROR, "超出合理范围", "请核对数值")
UNKNOWN_VALUE = Rule("R013", ERROR, "不在可选范围内", "请填写登记的名称")
NOT_YES_NO = Rule("R014", ERROR, "应填“是”或“否”", "请填“是”或“否”")
BAD_CERTIFICATE_NUMBER = Rule(
    "R015",
    ERROR,
    "高企证书编号应为14位：GR（或GF、GS）加四位年份再加8位数字",
    "请对照证书填写，如 GR202351100123",
)
BAD_INDUSTRY = Rule(
    "R016", ERROR, "行业代码应为门类字母加2至4位数字", "请填国民经济行业代码，如 C3670"
)
SHIFTED = Rule(
    "R017",
    ERROR,
    "本行的列数多于标题行，内容可能错位",
    "请检查该行是否多了逗号，含逗号的内容要加引号",
)
MERGED_NEEDED = Rule(
    "R018", ERROR, "合并单元格只有左上角一格有值，本行此项为空", "请取消合并，逐行填写"
)
MERGED = Rule(
    "R019",
    WARNING,
    "合并单元格只有左上角一格有值，本行此项为空",
    "请取消合并，逐行填写；确无数据的不必处理",
)
NOTHING_NEEDED = Rule(
    "R020", ERROR, "必填项不能写“无”“/”一类的字样", "请填写实际内容；确实没有的请联系区科技局"
)
SHOWN_DIVIDED = Rule(
    "R030",
    ERROR,
    "单元格的数字格式把数缩小了显示，存的数与看到的数不同",
    "请把单元格格式改为“常规”，按表头的单位直接填写数字",
)

FILE_RULES = [
    EMPTY_FILE, TOO_LARGE, NOT_A_TABLE, WRONG_NAME, OLD_FORMAT, ENCRYPTED, MACROS, DAMAGED,
    SUSPICIOUS, NO_SHEET, TOO_MANY_ROWS, BAD_TEXT, NO_HEADER, MISSING_COLUMNS, DOUBLE_COLUMN,
    NO_ROWS, EMPTY_ROSTER, TOO_SLOW, TOO_HUNGRY, CRASHED, TOO_MUCH_WRONG,
    UNREAD_FIRMS,
]  # fmt: skip
CELL_RULES = [
    CODE_WRONG, CODE_AS_NUMBER, FORMULA, ERROR_CELL, BAD_CHARACTERS, TOO_LONG, BAD_DATE,
    BAD_NUMBER, WRONG_UNIT, NOT_WHOLE, NEGATIVE, OUT_OF_RANGE, UNKNOWN_VALUE, NOT_YES_NO,
    BAD_CERTIFICATE_NUMBER, BAD_INDUSTRY, SHIFTED, MERGED_NEEDED, MERGED, NOTHING_NEEDED,
    SHOWN_DIVIDED,
]  # fmt: skip
