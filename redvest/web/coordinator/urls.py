"""Addresses of the coordinator screens."""

from django.urls import URLPattern, URLResolver, path

from redvest.web.coordinator import callups, deployment, incidents

app_name = "coordinator"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", incidents.situation, name="situation"),
    path("incidents/new/", incidents.activate, name="activate"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/tick/", incidents.tick, name="incident_tick"),
    path("incidents/<int:pk>/level/", incidents.level, name="incident_level"),
    path("incidents/<int:pk>/end/", incidents.end, name="incident_end"),
    path("incidents/<int:pk>/close/", incidents.close, name="incident_close"),
    path("playbooks/", incidents.playbooks, name="playbooks"),
    path("callups/", callups.callups, name="callups"),
    path("incidents/<int:pk>/callups/", callups.of_incident, name="incident_callups"),
    path("incidents/<int:pk>/callups/new/", callups.build, name="callup_build"),
    path("callups/<int:pk>/", callups.callup, name="callup"),
    path("callups/<int:pk>/replies/<int:reply>/", callups.note, name="callup_note"),
    path("callups/<int:pk>/nudge/", callups.nudge, name="callup_nudge"),
    path("callups/<int:pk>/wave/", callups.wave, name="callup_wave"),
    path("callups/<int:pk>/stand-down/", callups.stand_down, name="callup_stand_down"),
    path("callups/<int:pk>/close/", callups.close, name="callup_close"),
    path("deployment/", deployment.deployment, name="deployment"),
    path("incidents/<int:pk>/deployment/", deployment.deploy, name="deploy"),
    path("incidents/<int:pk>/deployment/propose/", deployment.propose, name="deploy_propose"),
    path("incidents/<int:pk>/deployment/move/", deployment.move, name="deploy_move"),
    path("incidents/<int:pk>/deployment/recall/", deployment.recall, name="deploy_recall"),
    path("incidents/<int:pk>/deployment/want/", deployment.want, name="deploy_want"),
    path("incidents/<int:pk>/deployment/publish/", deployment.publish, name="deploy_publish"),
    path("offers/", deployment.offers, name="offers"),
    path("offers/<int:pk>/", deployment.decide, name="offer_decide"),
]
