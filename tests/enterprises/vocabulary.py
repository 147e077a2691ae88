"""The district's names as the reader's tests know them, built by hand: the reader needs no database."""

from enterprises.rosters.definition.vocabulary import Vocabulary, index_terms

PARKS = {
    "shuangfu": "双福工业园发展中心",
    "luohuang": "珞璜工业园发展中心",
    "degan": "德感工业园发展中心",
    "baisha": "白沙工业园发展中心",
    "agri": "现代农业园区发展中心",
    "binjiang": "滨江新城建设管理中心",
}
STREETS = ["几江街道", "德感街道", "双福街道", "鼎山街道", "圣泉街道"]
TOWNS = [
    "油溪镇",
    "吴滩镇",
    "石门镇",
    "朱杨镇",
    "石蟆镇",
    "永兴镇",
    "塘河镇",
    "白沙镇",
    "龙华镇",
    "李市镇",
    "慈云镇",
    "蔡家镇",
    "中山镇",
    "嘉平镇",
    "柏林镇",
    "先锋镇",
    "珞璜镇",
    "贾嗣镇",
    "夏坝镇",
    "西湖镇",
    "杜市镇",
    "广兴镇",
    "四面山镇",
    "支坪镇",
    "四屏镇",
]
FIELDS = [
    "电子信息",
    "生物与新医药",
    "航空航天",
    "新材料",
    "高技术服务",
    "新能源与节能",
    "资源与环境",
    "先进制造与自动化",
]
KINDS = {"srdi": "专精特新", "little_giant": "专精特新“小巨人”", "champion": "制造业单项冠军"}
IP_KINDS = {"invention": "发明专利", "utility": "实用新型"}
APPLICATION_STAGES = {
    "preparing": "准备中",
    "filed": "已申报",
    "publicity": "公示中",
    "rejected": "未通过",
    "given_up": "放弃",
}
STAGES = {"seed": "种子库", "cultivation": "培育库", "application": "申报库"}

VOCABULARY = Vocabulary(
    parks=index_terms(
        (code, [name], [name.replace("发展中心", "")]) for code, name in PARKS.items()
    ),
    towns=index_terms(
        [(name, [name], [f"{name}办事处"]) for name in STREETS]
        + [(name, [name], [f"{name}人民政府"]) for name in TOWNS]
    ),
    fields=index_terms((name, [name], []) for name in FIELDS),
    kinds=index_terms((code, [name], []) for code, name in KINDS.items()),
    ip_kinds=index_terms((code, [name], []) for code, name in IP_KINDS.items()),
    pool_stages=index_terms(
        [*((code, [name], []) for code, name in STAGES.items()), ("leaves", ["退库"], [])]
    ),
    application_stages=index_terms((code, [name], []) for code, name in APPLICATION_STAGES.items()),
)
