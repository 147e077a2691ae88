from django.urls import path

from enterprises.reporting.web import board_views, case_views, review_views

urlpatterns = [
    path("", board_views.roster_board, name="roster_board"),
    path("open/", board_views.quarter_open, name="quarter_open"),
    path(
        "quarters/<slug:code>/board.xlsx",
        board_views.roster_board_export,
        name="roster_board_export",
    ),
    path("quarters/<slug:code>/remind/", board_views.quarter_remind, name="quarter_remind"),
    path("quarters/<slug:code>/agreed/", case_views.cases_agreed, name="cases_agreed"),
    # Behind the other addresses of a quarter: it would take `remind` and `agreed` for acts.
    path("quarters/<slug:code>/<slug:act>/", board_views.quarter_act, name="quarter_act"),
    path("queue/", review_views.roster_queue, name="roster_queue"),
    path("queue/approve/", review_views.roster_approve_many, name="roster_approve_many"),
    path("versions/<int:pk>/review/<slug:act>/", review_views.roster_review, name="roster_review"),
    path("cases/", case_views.case_list, name="cases"),
    path("cases/<int:pk>/", case_views.case_detail, name="case"),
]
