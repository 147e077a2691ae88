"""What belongs into each column of the roster and how it is written, for the one who fills it in: field → text.

An example follows “例：”; a test sends each through the column's own parser.
"""

from __future__ import annotations

HELP = {
    "number": "顺序号，可不填",
    "name": "营业执照上的全称，不用简称。例：重庆江津某某机械有限公司",
    "uscc": "营业执照上的18位代码，由数字和大写字母组成。例：91500116MA5U123453",
    "park": "企业所在的园区平台，从下拉列表选择；不在园区的留空",
    "town": "企业所在的镇街，从下拉列表选择；在园区内的也要填",
    "registered_on": "营业执照上的成立日期，年月日齐全。例：2015-03-02",
    "industry_code": "国民经济行业代码，门类字母加2至4位数字。例：C3670",
    "tech_field": "主要产品或服务所属的技术领域，从下拉列表选择",
    "above_scale": "是否为规模以上企业，从下拉列表选择。例：是",
    "revenue": "上一年度全年营业收入，以万元计，只填数字。例：1250.60",
    "rd_expense": "上一年度全年研发费用，以万元计，只填数字。例：86.35",
    "staff": "上年末职工总人数，填整数。例：120",
    "rd_staff": "其中从事研发等科技活动的人数，填整数，不多于职工总数。例：18",
    "ip_class1": "现有发明专利等Ⅰ类知识产权的件数，填整数，没有的填0。例：2",
    "ip_class2": "现有实用新型、软件著作权等Ⅱ类知识产权的件数，填整数，没有的填0。例：15",
    "hightech_share": "高新技术产品（服务）收入占总收入的百分数，填0至100。例：67.80",
    "tech_entered_on": "列入科技型企业库的日期；未入库的留空。例：2021-05-06",
    "certificate_number": "高新技术企业证书上的编号；不是高企的留空。例：GR202351100123",
    "certificate_issued_on": "高新技术企业证书上的发证日期，与编号一并填写。例：2023-10-16",
    "other_qualifications": "目前有效的其他资质，有几项的用顿号隔开",
    "pool_stage": "在高企后备库中的层级，从下拉列表选择；不在库的留空",
    "planned_year": "计划申报高企的年度，从下拉列表选择。例：2027",
    "contact_name": "企业负责科技工作的联系人姓名",
    "contact_phone": "联系人的手机或座机号码。例：13800000000",
    "remark": "需要说明的情况，如迁移、更名、停产，500字以内",
}
