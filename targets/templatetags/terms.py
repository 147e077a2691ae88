"""A term as pages write it: explained where it first stands, later by its name alone."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.html import format_html

from targets.terms import catalogue

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context: Context, code: str) -> str:
    """The name of a term. Its definition stands in `title` once a page: more would be noise."""
    word = catalogue.term(code)
    # With the request: the parts that a page includes each have a context of their own.
    explained = vars(context["request"]).setdefault("terms_explained", set())
    if code in explained:
        return word.name
    explained.add(code)
    return format_html('<abbr title="{}">{}</abbr>', word.definition, word.name)
