from django.urls import path

from enterprises import change_views, ledger_views, views

urlpatterns = [
    path("firms/<slug:uscc>/", views.firm, name="firm"),
    path("firms/<slug:uscc>/change/", change_views.firm_change, name="firm_change"),
    path("ledger/", ledger_views.ledger, name="ledger"),
]
