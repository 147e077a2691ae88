"""What the makers of hostile files share: the list that a reader of the print sees."""

TITLE = "关于2026年第一批高新技术企业备案的公告"
SEEN = ("重庆甲机械有限公司", "重庆乙电子股份有限公司", "丙（重庆）科技有限责任公司")
UNSEEN = "重庆隐形有限公司"
HEADER = ["序号", "企业名称", "证书编号"]
ROWS = [[str(at), name, f"GR20265110000{at}"] for at, name in enumerate(SEEN, 1)]
MEGABYTE = 1024 * 1024
