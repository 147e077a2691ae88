from django.urls import path

from jiangjin_portal.people import factor_views, views

urlpatterns = [
    path("account/", views.own_account, name="own_account"),
    path("account/sessions/<int:pk>/end/", views.own_session_end, name="own_session_end"),
    path("account/keys/<str:token_key>/end/", views.own_key_end, name="own_key_end"),
    path("account/end/", views.own_access_end, name="own_access_end"),
    path("account/second-factor/", factor_views.second_factor_page, name="second_factor"),
    path("account/second-factor/on/", factor_views.second_factor_on, name="second_factor_on"),
    path("account/second-factor/off/", factor_views.second_factor_off, name="second_factor_off"),
    path("accounts/<int:pk>/factor/", factor_views.factor_reset, name="accounts_factor_reset"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/unlock/", views.unlock, name="accounts_unlock"),
    path("accounts/import/", views.accounts_import, name="accounts_import"),
]
