from django.urls import path

from targets.by_hand import new_firm_views, taking_back_views, views

urlpatterns = [
    # Before the page of a firm: no code is "new".
    path("firms/new/", new_firm_views.new_firm, name="firm_new"),
    path("firms/<slug:uscc>/change/", views.firm_change, name="firm_change"),
    path(
        "firms/<slug:uscc>/changes/<int:pk>/undo/",
        taking_back_views.take_back_change,
        name="firm_take_back",
    ),
]
