"""Requests and replies of the API that are about units and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from parks.models import Unit


class StrictBody(serializers.Serializer[Any]):
    """The fields of a request; unknown ones are refused."""

    def to_internal_value(self, data: Any) -> Any:
        # A misspelt field must not be taken for one that was left out.
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["不认识的字段。"] for name in unknown})
        return super().to_internal_value(data)


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["code", "kind", "name", "short_name", "running_body"]


class Credentials(serializers.Serializer[Any]):
    username = serializers.CharField(label="用户名", max_length=150)
    password = serializers.CharField(label="密码", max_length=256, trim_whitespace=False)
    code = serializers.CharField(
        label="验证码", max_length=20, required=False, help_text="启用第二重验证的账号须提供"
    )


class TokenReply(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="放入请求头 Authorization: Token …")
    expiry = serializers.DateTimeField(help_text="过期时间")
