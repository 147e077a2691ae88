from django.urls import path

from jiangjin_portal.people import views

urlpatterns = [
    path("account/", views.own_account, name="own_account"),
    path("account/sessions/<int:pk>/end/", views.own_session_end, name="own_session_end"),
    path("account/keys/<str:token_key>/end/", views.own_key_end, name="own_key_end"),
    path("account/end/", views.own_access_end, name="own_access_end"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/unlock/", views.unlock, name="accounts_unlock"),
    path("accounts/import/", views.accounts_import, name="accounts_import"),
]
