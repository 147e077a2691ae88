"""Changes of one firm by hand through the API: the acts, rules and second look of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises import registry
from enterprises.firms import refused_api
from enterprises.firms.acts_by_hand import FORMS
from enterprises.firms.api import EnterpriseViewSet
from enterprises.firms.forms.change_forms import ChangeForm
from enterprises.firms.forms.return_forms import FIGURES
from enterprises.firms.serializers import LedgerSerializer
from enterprises.models import (
    Closure,
    Enterprise,
    FirmOwner,
    Incident,
    IpItem,
    Qualification,
    YearlyFigures,
)
from enterprises.registry import acts
from parks.access import person
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.serializers import StrictBody
from targets.by_hand.registering import BUREAU_ONLY, register_act
from targets.by_hand.second_look import SecondLook, look_again

OF_ALL = frozenset({"act", "reason", "confirmed"})
"""Fields of a request that are not the act's own."""
USCC = OpenApiParameter("uscc", str, OpenApiParameter.PATH, description="统一社会信用代码")


class ChangeRequest(StrictBody):
    """Each act has fields of its own, those of its form on the page."""

    act = serializers.ChoiceField([(code, form.title) for code, form in FORMS.items()])
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="依据，必填"
    )
    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="已核对 422 所列的疑点，确认登记"
    )
    on = serializers.CharField(required=False, help_text="日期；变更有效期和更正代码、编号外都须填")
    name = serializers.CharField(required=False, help_text="更名：新名称")
    park = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="迁移：园区代码，空为园区外；更正所在地：正确的园区代码，outside 为园区外",
    )
    town = serializers.CharField(required=False, help_text="迁移、更正所在地：镇街代码")
    cause = serializers.ChoiceField(Closure.Cause.choices, required=False, help_text="注销：情形")
    qualification = serializers.IntegerField(
        required=False,
        help_text="变更有效期、取消资质、更正证书编号和日期：资质的编号（qualifications/ 的 id）",
    )
    code = serializers.CharField(required=False, help_text="更正信用代码：正确的代码")
    corrected = serializers.CharField(required=False, help_text="更正证书编号：正确的编号")
    because = serializers.CharField(required=False, help_text="退出后备库：原因")
    valid_until = serializers.CharField(
        required=False, help_text="变更有效期、取得资质、更正证书日期：最后一天"
    )

    legal_form = serializers.CharField(required=False, help_text="基本信息：企业类型")
    industry_code = serializers.CharField(required=False, help_text="基本信息：行业代码")
    tech_field = serializers.CharField(required=False, help_text="基本信息：技术领域的代码")
    registered_on = serializers.CharField(required=False, help_text="基本信息：注册日期")
    kind = serializers.CharField(
        required=False,
        help_text=(
            "取得资质：资质类别的代码；重大事故和违法："
            f"{'、'.join(Incident.Kind.values)}，none 为答复没有"
        ),
    )
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="重大事故和违法：答复单位；年度义务：由谁确认"
    )
    answer = serializers.IntegerField(
        required=False, help_text="撤回事故和违法：incidents 中那一条的 id"
    )
    level = serializers.ChoiceField(
        FirmOwner.Level.choices, required=False, help_text="责任人：单位或科技局"
    )
    account = serializers.CharField(
        required=False, max_length=150, help_text="责任人：用户名，! 为不再指定"
    )
    number = serializers.CharField(required=False, help_text="取得资质：编号")
    valid_from = serializers.CharField(required=False, help_text="取得资质：发证或入库日期")
    recognition = serializers.ChoiceField(
        Qualification.Recognition.choices,
        required=False,
        help_text="取得资质、更正证书日期：认定类型",
    )
    issued_on = serializers.CharField(
        required=False, help_text="更正证书日期：正确的发证或入库日期"
    )
    class_year = serializers.IntegerField(required=False, help_text="更正证书日期：正确的认定年度")
    stay = serializers.CharField(
        required=False, help_text="更正所在地：哪一段，placements/ 中登记的 since"
    )
    begins_on = serializers.CharField(
        required=False, help_text="更正所在地：正确的起始日或迁移日期"
    )
    until = serializers.CharField(required=False, help_text="更正所在地：正确的迁出日期")
    stays = serializers.BooleanField(required=False, help_text="更正所在地：没有迁出")
    former = serializers.CharField(
        required=False, help_text="更正更名日期：哪次更名，former_names 中登记的 until"
    )
    other = serializers.CharField(required=False, help_text="并入另一条登记：那条登记的代码")
    keep = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text=(
            "并入另一条登记：矛盾的各项（400 所列 keep- 之后的部分）→ here 以这一家为准、"
            "there 以并入的一家为准、both 两份都保留"
        ),
    )
    contact_name = serializers.CharField(required=False, help_text="联系人：姓名")
    contact_phone = serializers.CharField(required=False, help_text="联系人：电话")
    year = serializers.IntegerField(required=False, help_text="年度数据、年度义务：年度")
    duty = serializers.CharField(required=False, help_text="年度义务：义务的代码")
    done = serializers.IntegerField(
        required=False, help_text="撤回年度义务：duties_done 中那一条的 id"
    )
    right = serializers.CharField(required=False, help_text="知识产权：类别的代码")
    right_title = serializers.CharField(required=False, help_text="知识产权：名称")
    granted_on = serializers.CharField(required=False, help_text="知识产权：授权或登记日期")
    ends_on = serializers.CharField(required=False, help_text="知识产权：保护期至")
    obtained = serializers.ChoiceField(
        IpItem.Obtained.choices, required=False, help_text="知识产权：取得方式"
    )
    since = serializers.CharField(required=False, help_text="知识产权：取得日期")
    item = serializers.IntegerField(
        required=False, help_text="知识产权转出、失效、用于申报：ip_items 中那一条的 id"
    )
    how = serializers.ChoiceField(
        IpItem.Ending.choices, required=False, help_text="知识产权转出、失效：情形"
    )

    def get_fields(self) -> dict[str, Any]:
        """With every yearly figure, by its name."""
        fields: dict[str, Any] = super().get_fields()
        for name in FIGURES:
            column: Any = YearlyFigures._meta.get_field(name)
            help_text = f"年度数据：{column.verbose_name}"
            if isinstance(column, BooleanField):
                fields[name] = serializers.BooleanField(required=False, help_text=help_text)
            else:
                fields[name] = serializers.CharField(required=False, help_text=help_text)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        foreign = set(attrs) - OF_ALL - set(FORMS[attrs["act"]].base_fields)
        if foreign:
            raise serializers.ValidationError(
                {name: ["这一事项没有这个字段。"] for name in foreign}
            )
        return attrs


class ChangesByHand(EnterpriseViewSet):
    """Adds `changes/` to a firm."""

    @extend_schema(
        summary="登记一项变更（科技局）",
        request=ChangeRequest,
        responses={200: LedgerSerializer(many=True)},
        parameters=[DESCRIBED, USCC],
        filters=False,
        description=(
            "答复为新记的账，没有变化的为空。超出资质期限、使已失效的恢复、日期久远等须再核对的，"
            "答复 422（second_look），列出疑点和登记后的变化，未写入。"
        ),
    )
    # The answer is a plain list of entries, no page of one.
    @action(detail=True, methods=["post"], pagination_class=None)
    @idempotent
    def changes(self, request: Request, uscc: str) -> Response:
        user = person(request)
        firm = self.get_object()
        if not user.in_bureau:
            raise exceptions.PermissionDenied(BUREAU_ONLY)
        sent = ChangeRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = sent.validated_data
        act, reason = _act_of(body, firm), body["reason"]
        # Where something is doubtful, the registry itself asks for a reason, with the doubts.
        if not reason.strip() and not registry.preview([act], by=user).doubts:
            raise exceptions.ValidationError({"reason": ["必填：写明依据。"]})
        try:
            entries = register_act(act, firm, by=user, reason=reason, confirmed=body["confirmed"])
        except registry.ActsRefused as refused:
            if refused.asks:
                return _ask(look_again(firm, act, by=user))
            raise refused_api.by_field(refused) from None
        return Response(LedgerSerializer(entries, many=True).data)


def _act_of(body: Mapping[str, Any], firm: Enterprise) -> acts.Act:
    """By the form of the page, which knows what each field may be."""
    form: ChangeForm = FORMS[body["act"]](body, firm=firm)
    del form.fields["reason"]
    if not form.is_valid():
        raise exceptions.ValidationError(dict(form.errors))  # type: ignore[arg-type]
    return form.build_act(firm.uscc)


def _ask(look: SecondLook) -> Response:
    changes = [
        {"title": change.title, "label": field.label, "before": field.before, "after": field.after}
        for change in look.changes
        for field in change.altered
    ]
    figures = [vars(figure) for figure in look.figures]
    told: dict[str, Any] = {"changes": changes, "figures": figures}
    if look.merge:
        told |= {"moving": look.merge.moving, "left_out": look.merge.left_out}
    return refused_api.second_look(look.doubts, **told)
