"""The firm list as a place of bulk changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

from enterprises.bulk.desk import BulkDesk
from enterprises.refusal import Refusal
from parks.models import User
from targets.firm_list.many import ACTS
from targets.firm_list.question import FirmListQuestion


def may_write(user: User) -> bool:
    return user.in_bureau


def filtered(query: str, user: User) -> Sequence[str]:
    question = FirmListQuestion(QueryDict(query), user)
    if question.wrong:
        raise Refusal(" ".join(question.wrong), "invalid")
    return list(question.firms().values_list("uscc", flat=True))


DESK = BulkDesk(
    code="firms",
    title="企业",
    home="firm_list",
    acts=ACTS,
    filtered=filtered,
    may_write=may_write,
    refusal="只有科技局人员可以在企业名单上批量办理。",
)
