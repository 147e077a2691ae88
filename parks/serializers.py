from __future__ import annotations

from typing import Any

from rest_framework import serializers

from parks.models import Unit


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["code", "kind", "name", "short_name", "running_body"]


class Credentials(serializers.Serializer[Any]):
    username = serializers.CharField(label="用户名", max_length=150)
    password = serializers.CharField(label="密码", max_length=256, trim_whitespace=False)


class TokenReply(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="放入请求头 Authorization: Token …")
    expiry = serializers.DateTimeField(help_text="过期时间")
