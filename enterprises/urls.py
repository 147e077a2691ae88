from django.urls import path

from enterprises import ledger_views, views

urlpatterns = [
    path("firms/<slug:uscc>/", views.firm, name="firm"),
    path("ledger/", ledger_views.ledger, name="ledger"),
]
