from django.urls import path, re_path

from targets.meetings import decision_views, views

PURPOSE = r"(?P<purpose>agenda|minutes)"
KIND = r"(?P<kind>progress|ask|close|send_back|reassign|move_due)"

urlpatterns = [
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/new/", views.new_meeting, name="meeting_new"),
    path("meetings/<int:number>/", views.meeting, name="meeting"),
    path("meetings/<int:number>/edit/", views.edit_meeting, name="meeting_edit"),
    path("meetings/<int:number>/agenda/", views.edit_agenda, name="meeting_agenda"),
    path("meetings/<int:number>/propose/", views.propose, name="meeting_propose"),
    path("meetings/<int:number>/held/", views.hold, name="meeting_hold"),
    path("meetings/<int:number>/minutes/", views.minutes, name="meeting_minutes"),
    path("meetings/<int:number>/decide/", views.new_decision, name="decision_new"),
    re_path(
        rf"^meetings/(?P<number>\d{{1,4}})/{PURPOSE}\.docx$",
        decision_views.word,
        name="meeting_word",
    ),
    re_path(
        rf"^meetings/(?P<number>\d{{1,4}})/{PURPOSE}/template/$",
        decision_views.replace_template,
        name="meeting_replace_template",
    ),
    re_path(
        rf"^meetings/templates/{PURPOSE}\.docx$", decision_views.template, name="meeting_template"
    ),
    path("meetings/files/<int:pk>/", decision_views.step_file, name="step_file"),
    path("meetings/decisions/<int:pk>/", decision_views.decision, name="decision"),
    re_path(
        rf"^meetings/decisions/(?P<pk>\d{{1,9}})/{KIND}/$",
        decision_views.step,
        name="decision_step",
    ),
]
