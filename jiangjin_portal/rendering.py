"""How forms become HTML."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """Renders `{{ field.as_field_group }}` in the portal's own look: label, control, errors, help."""

    field_template_name = "form_field.html"
