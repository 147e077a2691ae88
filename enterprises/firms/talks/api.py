"""The contact book in the API: reading, and writing by the rules of the pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.firms import refused_api
from enterprises.firms.talks import recording
from enterprises.firms.talks.forms import AnswerForm, TalkForm, WithdrawForm
from enterprises.models import Enterprise, Talk
from enterprises.refusal import Refusal
from parks.access import person
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet
from parks.filters import StrictFilterSet, day
from parks.models import User

ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="对接记录的编号")


class TalkSerializer(serializers.ModelSerializer[Talk]):
    uscc = serializers.CharField(
        source="firm.uscc", help_text="企业的代码；登记已并入另一条的，为并入后的"
    )
    kind = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    by = serializers.SlugRelatedField[Any](
        slug_field="username", read_only=True, help_text="对接人的用户名"
    )
    answerer = serializers.SlugRelatedField[Any](
        slug_field="username", read_only=True, allow_null=True, help_text="答复人的用户名"
    )
    answered_by = serializers.SlugRelatedField[Any](
        slug_field="username", read_only=True, allow_null=True
    )
    withdrawn_by = serializers.SlugRelatedField[Any](
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = Talk
        fields = [
            *["id", "uscc", "on", "kind", "said", "asked", "answerer", "answer_by", "by", "at"],
            *["answer", "answered_by", "answered_at"],
            *["withdrawn_for", "withdrawn_by", "withdrawn_at"],
        ]


class TalkRequest(StrictBody):
    uscc = serializers.CharField(max_length=18, help_text="统一社会信用代码")
    on = serializers.DateField(help_text="对接日期")
    kind = serializers.CharField(max_length=20, help_text="对接方式的代码，如 visit、call")
    said = serializers.CharField(max_length=1000, help_text="谈了什么")
    asked = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="企业提出的问题"
    )
    answerer = serializers.CharField(
        required=False, allow_blank=True, max_length=150, help_text="答复人的用户名，有问题的必填"
    )
    answer_by = serializers.DateField(
        required=False, allow_null=True, help_text="在哪天前答复，有问题的必填"
    )


class TalkAnswerRequest(StrictBody):
    answer = serializers.CharField(max_length=500)


class WithdrawRequest(StrictBody):
    reason = serializers.CharField(max_length=200)


class TalkFilter(StrictFilterSet):
    uscc = django_filters.CharFilter(label="统一社会信用代码", method="about_firm", max_length=18)
    by = django_filters.CharFilter(
        label="对接人的用户名", field_name="by__username", max_length=150
    )
    answerer = django_filters.CharFilter(
        label="答复人的用户名", field_name="answerer__username", max_length=150
    )
    open = django_filters.BooleanFilter(label="问题还没有答复", method="still_open")
    since = day("对接日期自", method=None, field_name="on", lookup_expr="gte")
    due_by = day("应在这一天或以前答复", method=None, field_name="answer_by", lookup_expr="lte")

    class Meta(StrictFilterSet.Meta):
        model = Talk
        fields: list[str] = []

    def about_firm(self, queryset: Any, name: str, value: str) -> QuerySet[Talk]:
        told = Q(enterprise__uscc=value) | Q(enterprise__merged_into__uscc=value)
        return queryset.filter(told)

    def still_open(self, queryset: Any, name: str, value: bool) -> QuerySet[Talk]:
        waiting = Talk.objects.unanswered().values("pk")
        return queryset.filter(pk__in=waiting) if value else queryset.exclude(pk__in=waiting)


@extend_schema_view(
    list=extend_schema(summary="对接记录"), retrieve=extend_schema(summary="一条对接记录")
)
class TalkViewSet(ListedViewSet):
    """与企业的对接；撤回的也在内（withdrawn_at）。填报人只见企业现在所在单位的。"""

    queryset = Talk.objects.select_related(
        "enterprise__merged_into", "kind", "by", "answerer", "answered_by", "withdrawn_by"
    ).order_by()
    serializer_class = TalkSerializer
    filterset_class = TalkFilter
    sorts = {"id": "id", "on": "on"}

    @extend_schema(
        summary="记一次对接",
        request=TalkRequest,
        responses={201: TalkSerializer},
        parameters=[DESCRIBED],
        filters=False,
        description="科技局，或企业现在所在单位的人员。",
    )
    @idempotent
    def create(self, request: Request) -> Response:
        user = person(request)
        sent = TalkRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = dict(sent.validated_data)
        firm = _firm(body.pop("uscc"), user)
        if not recording.may_write(user, firm):
            raise exceptions.PermissionDenied(recording.NOT_THEIRS)
        told = _valid(TalkForm(body, firm=firm))
        try:
            talk = recording.record(firm, **told, by=user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        return self.created(self.get_queryset().get(pk=talk.pk))

    @extend_schema(
        summary="登记对企业问题的答复",
        request=TalkAnswerRequest,
        responses={200: TalkSerializer},
        parameters=[DESCRIBED, ID],
        filters=False,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, pk: str) -> Response:
        talk, user = self._own(request)
        sent = TalkAnswerRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        told = _valid(AnswerForm(sent.validated_data))
        try:
            recording.answer(talk, told["answer"], by=user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="撤回一条对接记录",
        request=WithdrawRequest,
        responses={200: TalkSerializer},
        parameters=[DESCRIBED, ID],
        filters=False,
        description="登记人或科技局；原文和理由留存。",
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        talk, user = self._own(request)
        if not recording.may_withdraw(user, talk):
            raise exceptions.PermissionDenied(recording.NOT_OWN)
        sent = WithdrawRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        told = _valid(WithdrawForm(sent.validated_data))
        try:
            recording.withdraw(talk, told["reason"], by=user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        return Response(self.get_serializer(self.get_object()).data)

    def _own(self, request: Request) -> tuple[Talk, User]:
        user, talk = person(request), self.get_object()
        if not recording.may_write(user, talk.firm):
            raise exceptions.PermissionDenied(recording.NOT_THEIRS)
        return talk, user


def _firm(uscc: str, user: User) -> Enterprise:
    visible = Enterprise.objects.registered().visible_to(user)
    firm = visible.filter(uscc=uscc.strip().upper()).first()
    if firm is None:
        raise exceptions.ValidationError({"uscc": ["没有这家企业，或您无权查看。"]})
    return firm


def _valid(form: Any) -> dict[str, Any]:
    """By the form of the page, which knows what each field may be."""
    if not form.is_valid():
        raise exceptions.ValidationError(dict(form.errors))
    told: dict[str, Any] = form.cleaned_data
    return told
