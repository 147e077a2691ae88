from django.urls import path

from enterprises import views

urlpatterns = [path("firms/<slug:uscc>/", views.firm, name="firm")]
