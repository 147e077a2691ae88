"""Registering a firm by hand through the API, and taking back what was registered by hand."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises import registry
from enterprises.firms import refused_api
from enterprises.firms.forms.registering_form import RegisterForm
from enterprises.firms.serializers import FirmSerializer, LedgerSerializer
from enterprises.models import LedgerEntry
from enterprises.refusal import Refusal
from parks.access import person
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.serializers import StrictBody
from targets.by_hand.api import USCC, ChangesByHand
from targets.by_hand.new_firm import BUREAU_REGISTERS, LooksAlike, register_firm
from targets.by_hand.registering import BUREAU_ONLY
from targets.by_hand.taking_back import plan, take_back


class RegisterRequest(StrictBody):
    uscc = serializers.CharField(help_text="统一社会信用代码")
    name = serializers.CharField(help_text="企业名称，照营业执照")
    park = serializers.CharField(required=False, allow_blank=True, help_text="园区代码，空为园区外")
    town = serializers.CharField(help_text="镇街代码")
    since = serializers.CharField(help_text="自哪天起在本区")
    from_outside = serializers.BooleanField(
        required=False, default=False, help_text="从区外迁入，统计中计为区外迁入"
    )
    registered_on = serializers.CharField(required=False, help_text="注册日期")
    tech_field = serializers.CharField(required=False, help_text="技术领域的代码")
    industry_code = serializers.CharField(required=False, help_text="行业代码")
    legal_form = serializers.CharField(required=False, help_text="企业类型")
    contact_name = serializers.CharField(required=False, help_text="联系人")
    contact_phone = serializers.CharField(required=False, help_text="联系电话")
    reason = serializers.CharField(help_text="依据")
    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="已核对 422 所列的相近企业，确认是另一家"
    )


class TakeBackRequest(StrictBody):
    entry = serializers.IntegerField(help_text="要撤销的一笔，ledger/ 的 id")
    reason = serializers.CharField(max_length=200, help_text="为什么撤销")
    mark = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="所见的各笔，以“-”连接；有别笔须一并撤销的，422 的 mark 写明",
    )


class FirmsByHand(ChangesByHand):
    """Adds `POST` to the list of firms, and `take-back/` to a firm."""

    @extend_schema(
        summary="登记一家企业（科技局）",
        request=RegisterRequest,
        responses={201: FirmSerializer},
        parameters=[DESCRIBED],
        filters=False,
        description="有名称或代码相近的企业的，答复 422（second_look），列出这些企业，未写入。",
    )
    @idempotent
    def create(self, request: Request) -> Response:
        user = person(request)
        if not user.in_bureau:
            raise exceptions.PermissionDenied(BUREAU_REGISTERS)
        sent = RegisterRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = sent.validated_data
        # By the form of the page, which knows what each field may be.
        form = RegisterForm(body)
        if not form.is_valid():
            raise exceptions.ValidationError(dict(form.errors))  # type: ignore[arg-type]
        confirmed, reason = body["confirmed"], body["reason"]
        try:
            entries = register_firm(form, by=user, reason=reason, confirmed=confirmed)
        except registry.ActsRefused as refused:
            raise refused_api.by_field(refused) from None
        except LooksAlike as looks:
            told = [f"{one.firm.name}（{one.firm.uscc}）：{one.why}。" for one in looks.firms]
            alike = [
                {"uscc": one.firm.uscc, "name": one.firm.name, "why": one.why}
                for one in looks.firms
            ]
            return refused_api.second_look(told, alike=alike)
        firms: Any = self.filter_queryset(self.get_queryset())
        row = self.rows(firms, [entries[0].enterprise_id])[0]
        return Response(row, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="撤销手工登记的一笔变更（科技局）",
        request=TakeBackRequest,
        responses={200: LedgerSerializer(many=True)},
        parameters=[DESCRIBED, USCC],
        filters=False,
        description=(
            "答复为新记的账。以这一笔为基础的手工登记须一并撤销：答复 422（second_look），"
            "mark 为须写明的各笔，未写入。名册、名单后来以它为基础登记的，答复 400。"
        ),
    )
    @action(detail=True, methods=["post"], url_path="take-back", pagination_class=None)
    @idempotent
    def take_back(self, request: Request, uscc: str) -> Response:
        user = person(request)
        firm = self.get_object()
        if not user.in_bureau:
            raise exceptions.PermissionDenied(BUREAU_ONLY)
        sent = TakeBackRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = sent.validated_data
        rows = LedgerEntry.objects.in_force().filter(enterprise=firm)
        entry = rows.select_related("enterprise").filter(pk=body["entry"]).first()
        if entry is None or not entry.is_by_hand:
            raise Http404
        found = plan(entry)
        if len(found.entries) > 1 and body["mark"] != found.mark and not found.blockers:
            told = [f"{one.get_act_display()}（第{one.pk}条）一并撤销。" for one in found.entries]
            return refused_api.second_look(told, mark=found.mark)
        mark = body["mark"] or found.mark
        try:
            entries = take_back(entry, by=user, reason=body["reason"], mark=mark)
        except Refusal as refusal:
            raise exceptions.ValidationError({"entry": [refusal.message]}) from None
        return Response(LedgerSerializer(entries, many=True).data)
