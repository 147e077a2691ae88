"""Why a document is not read, and the one step that helps."""

from __future__ import annotations

from dataclasses import replace

from enterprises.rosters.definition.catalogue import ERROR, Rule
from enterprises.rosters.definition.problems import FileRefused

COPY_THE_LIST = "请把名单复制到新建的 Word、Excel 或 .txt 文件，另存后重新上传"
SCANNED = Rule(
    "L001",
    ERROR,
    "文件是扫描件，页面都是图片，没有文字",
    "请向发文单位要电子表格或带文字的 PDF，也可以把名单文字存成 .txt 文件",
)
ENCRYPTED = Rule("L002", ERROR, "文件有打开密码", "请去除打开密码，另存后重新上传")
OLD_WORD = Rule(
    "L003", ERROR, "这是旧版 Word 文件（.doc）", "请用 Word 或 WPS 打开，另存为 .docx 后重新上传"
)
LAYOUT_FILE = Rule(
    "L004", ERROR, "这是版式文件（.ofd）", "请用版式阅读器打开，导出为 PDF 或 .docx 后重新上传"
)
WPS_TEXT = Rule(
    "L005", ERROR, "这是 WPS 文字文件（.wps）", "请用 WPS 打开，另存为 .docx 后重新上传"
)
TOO_LARGE = Rule("L006", ERROR, "文件过大", "请只保留名单所在的页后重新上传")
DAMAGED = Rule("L007", ERROR, "文件损坏，不能读取", "请打开文件确认无误，另存后重新上传")
UNKNOWN = Rule(
    "L008",
    ERROR,
    "不认识的文件格式",
    "请上传 .xlsx、.xls、.ods、.csv、.docx、.html、.txt 或带文字的 PDF",
)
NO_LIST = Rule("L009", ERROR, "没有找到企业名单", "请确认文件里有企业名称；只有附件的，请上传附件")
RECOGNISED = Rule(
    "L010",
    ERROR,
    "页面都是图片，图片上识别出来的文字看不见，可能有错，不能当作原文",
    "请向发文单位要电子表格或带文字的 PDF，也可以把文字复制出来、逐行核对后存成 .txt 文件",
)
GARBLED = Rule(
    "L011",
    ERROR,
    "文件的字体没有说明是哪些字，读出来是乱码",
    "请向发文单位要电子表格或 Word 文件，也可以把名单文字存成 .txt 文件",
)
LOADING_FORM = Rule(
    "L012",
    ERROR,
    "这是只有 Adobe 阅读器能显示的动态表单（XFA）",
    "请用 Adobe 阅读器打开，打印成 PDF 后重新上传",
)
RULES = [
    SCANNED,
    ENCRYPTED,
    OLD_WORD,
    LAYOUT_FILE,
    WPS_TEXT,
    TOO_LARGE,
    DAMAGED,
    UNKNOWN,
    NO_LIST,
    RECOGNISED,
    GARBLED,
    LOADING_FORM,
]


def for_documents(refused: FileRefused) -> FileRefused:
    """A refusal in the words of spreadsheets, with the step that helps with any document."""
    return FileRefused(replace(refused.problem, fix=COPY_THE_LIST))
