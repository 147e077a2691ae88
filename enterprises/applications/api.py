"""Applications and agencies in the API: reading, and writing by the rules of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises import registry
from enterprises.applications import agencies, rules
from enterprises.applications.agency_forms import FORMS, AgencyForm
from enterprises.applications.forms import ApplicationForm
from enterprises.firms import refused_api
from enterprises.firms.api import ApplicationViewSet
from enterprises.firms.serializers import ApplicationSerializer
from enterprises.models import (
    Agency,
    AgencyReply,
    Application,
    Enterprise,
    QualificationKind,
)
from enterprises.refusal import Refusal
from enterprises.registry.acts.application import NEXT_STEP
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.access import person
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import Declined
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet


class ApplicationRequest(StrictBody):
    """What is left out stays as it is; how the fields must be filled is judged as on the page."""

    uscc = serializers.CharField(max_length=18, help_text="统一社会信用代码")
    kind = serializers.CharField(
        required=False, max_length=30, help_text="资质类别代码，默认高新技术企业"
    )
    stage = serializers.ChoiceField(
        Application.Stage.choices, required=False, help_text="不填只登记下一步"
    )
    on = serializers.DateField(required=False, help_text="状态自哪一天起，默认今天")
    year = serializers.IntegerField(required=False, help_text="申报年度")
    batch = serializers.IntegerField(required=False, allow_null=True)
    agency = serializers.CharField(required=False, allow_blank=True, max_length=60)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    rejected_for = serializers.CharField(
        required=False, allow_blank=True, max_length=30, help_text="未通过原因的代码"
    )
    next_action = serializers.CharField(required=False, allow_blank=True, max_length=60)
    next_on = serializers.DateField(required=False, allow_null=True)
    owner = serializers.CharField(
        required=False, allow_blank=True, max_length=150, help_text="责任人的用户名"
    )
    items = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        max_length=200,
        help_text="申报所用的知识产权：ip_items 中各条的 id；只用于 filed",
    )
    seen = serializers.IntegerField(
        required=False, min_value=0, help_text="所见的最后一笔申报账目；其后有变更的不写（409）"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    confirmed = serializers.BooleanField(required=False, default=False)


class ApplicationsApi(ApplicationViewSet):
    """申报记录：一个状态一条，当前的 until 为空。"""

    @extend_schema(
        summary="登记申报状态和下一步",
        request=ApplicationRequest,
        responses={200: ApplicationSerializer},
        parameters=[DESCRIBED],
        filters=False,
        description="科技局，或企业现在所在单位的人员。须再核对的答复 422（second_look），未写入。",
    )
    @idempotent
    def create(self, request: Request) -> Response:
        user = person(request)
        sent = ApplicationRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = sent.validated_data
        firm = _firm(body["uscc"], user)
        if not rules.may_tell(user, firm):
            raise exceptions.PermissionDenied(rules.NOT_THEIRS)
        kind = _kind(body.get("kind") or CERTIFIED_KIND)
        standing = rules.current_standing(firm, kind)
        form = _filled(body, firm, kind, standing, user)
        told = form.build_acts()
        # Without a stage nothing is said of where it stands.
        if "stage" not in body:
            told = told[1:]
        try:
            rules.register_stage(
                firm,
                told,
                seen=body.get("seen", standing.seen),
                by=user,
                reason=body.get("reason", ""),
            )
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        except registry.ActsRefused as refused:
            if refused.asks:
                return refused_api.second_look([doubt.point for doubt in refused.doubts])
            raise refused_api.by_field(refused) from None
        row = firm.applications.filter(kind=kind).order_by("since").last()
        return Response(self.get_serializer(row).data)


def _firm(uscc: str, user: Any) -> Enterprise:
    visible = Enterprise.objects.registered().visible_to(user)
    firm = visible.filter(uscc=uscc.strip().upper()).first()
    if firm is None:
        raise exceptions.ValidationError({"uscc": ["没有这家企业，或您无权查看。"]})
    return firm


def _kind(code: str) -> QualificationKind:
    kind = QualificationKind.objects.filter(code=code).first()
    if kind is None:
        raise exceptions.ValidationError({"kind": [rules.NO_SUCH_KIND]})
    return kind


def _filled(
    body: dict[str, Any],
    firm: Enterprise,
    kind: QualificationKind,
    standing: rules.ApplicationStanding,
    user: Any,
) -> ApplicationForm:
    """The page's form, with what is registered where the body says nothing."""
    empty = ApplicationForm(None, firm=firm, kind=kind, standing=standing, user=user)
    told = {name: value for name, value in body.items() if name not in ("uscc", "kind", "seen")}
    kept = dict(empty.initial)
    going_on = standing.last and standing.last.stage == told.get("stage", standing.last.stage)
    if not going_on:
        # Of another stage: what was to be done next and why it failed went with the one before.
        kept |= dict.fromkeys(("rejected_for", "next_action", "next_on"))
    data = {name: "" if value is None else value for name, value in (kept | told).items()}
    form = ApplicationForm(data, firm=firm, kind=kind, standing=standing, user=user)
    if told.get("items") and "items" not in form.fields:
        raise exceptions.ValidationError({"items": ["企业没有可用于这一申报的知识产权。"]})
    # Of this request the entries were seen: a program has no page to look at twice.
    form.data = data | {"looked_at": form.fingerprint} if told.get("confirmed") else data
    if not form.is_valid():
        named = set(told) | {*NEXT_STEP, "stage", "on", "year"}
        errors = {name if name in named else "__all__": text for name, text in form.errors.items()}
        raise exceptions.ValidationError(errors)  # type: ignore[arg-type]
    return form


# --- agencies -------------------------------------------------------------------------------------
class AgencyReplySerializer(serializers.ModelSerializer[AgencyReply]):
    class Meta:
        model = AgencyReply
        fields = ["year", "replied_on", "words"]


class AgencySerializer(serializers.ModelSerializer[Agency]):
    spellings = serializers.SlugRelatedField[Any](slug_field="text", many=True, read_only=True)
    merged_into = serializers.SlugRelatedField[Any](
        slug_field="code", read_only=True, allow_null=True, help_text="并入的机构"
    )
    replies = AgencyReplySerializer(many=True, read_only=True)

    class Meta:
        model = Agency
        fields = ["code", "name", "spellings", "merged_into", "replies"]


class AgencyRequest(StrictBody):
    """`act` says which of the other fields are needed."""

    act = serializers.ChoiceField(
        [(act, form.button) for act, form in FORMS.items()],
        help_text="rename 需 name，spelling 需 text，merge 需 into，reply 需 year、replied_on、words",
    )
    name = serializers.CharField(required=False, max_length=60)
    text = serializers.CharField(required=False, max_length=60)
    into = serializers.CharField(required=False, max_length=20, help_text="机构代码")
    year = serializers.IntegerField(required=False)
    replied_on = serializers.DateField(required=False)
    words = serializers.CharField(required=False, max_length=300)


class NewAgencyRequest(StrictBody):
    name = serializers.CharField(max_length=60)


CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="机构代码")


@extend_schema_view(
    list=extend_schema(summary="辅导机构"), retrieve=extend_schema(summary="一家辅导机构")
)
class AgencyViewSet(ListedViewSet):
    """机构和它的写法；申报记录里的 agency 是填报时的写法。"""

    queryset = Agency.objects.prefetch_related("spellings", "replies").select_related("merged_into")
    serializer_class = AgencySerializer
    lookup_field = "code"
    sorts = {"id": "id", "name": "name"}

    @extend_schema(
        summary="建立一家机构（科技局）",
        request=NewAgencyRequest,
        responses={201: AgencySerializer},
        parameters=[DESCRIBED],
        filters=False,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        user = person(request)
        _refuse_unless_bureau(user)
        sent = NewAgencyRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        name = sent.validated_data["name"]
        try:
            made = agencies.establish([name], by=user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        if not made:
            raise Declined(f"“{name}”已是一家机构的写法。", "identical", 409)
        return Response(self.get_serializer(made[0]).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="改名、增加写法、并入、拆出、登记回复（科技局）",
        request=AgencyRequest,
        responses={200: AgencySerializer},
        parameters=[DESCRIBED, CODE],
        filters=False,
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def changes(self, request: Request, code: str) -> Response:
        user = person(request)
        _refuse_unless_bureau(user)
        sent = AgencyRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        body = dict(sent.validated_data)
        form: AgencyForm = FORMS[body.pop("act")](body, agency=self.get_object())
        if not form.is_valid():
            raise exceptions.ValidationError(dict(form.errors))  # type: ignore[arg-type]
        try:
            form.carry_out(user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        return Response(self.get_serializer(self.get_object()).data)


def _refuse_unless_bureau(user: Any) -> None:
    if not user.in_bureau:
        raise exceptions.PermissionDenied(agencies.BUREAU_ONLY)
