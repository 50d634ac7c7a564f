"""Addresses of the volunteer screens."""

from django.urls import URLPattern, URLResolver, path

from redvest.web import inbox
from redvest.web.volunteer import callups, check_in, home, open_shifts, parcels, profile, requests, shifts, swaps

app_name = "volunteer"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/<int:pk>/", shifts.shift, name="shift"),
    path("shifts/<int:pk>/confirm/", shifts.confirm, name="confirm"),
    path("shifts/<int:pk>/pass/", shifts.pass_on, name="pass"),
    path("shifts/<int:pk>/withdraw/", shifts.withdraw, name="withdraw"),
    path("shifts/<int:pk>/colleagues/<int:person>/", shifts.colleague, name="colleague"),
    path("shifts/<int:pk>/handover/", shifts.write_handover, name="write_handover"),
    path("shifts/<int:pk>/handover/<int:note>/", shifts.take_over, name="take_over"),
    path("shifts/<int:pk>/check-in/", check_in.check_in, name="do_check_in"),
    path("shifts/<int:pk>/check-out/", check_in.check_out, name="do_check_out"),
    path("shifts/<int:pk>/step-back/", check_in.step_back, name="step_back"),
    path("shifts/<int:pk>/swap/", swaps.ask, name="ask_swap"),
    path("swaps/", swaps.swaps, name="swaps"),
    path("swaps/<int:pk>/<slug:answer>/", swaps.answer, name="answer_swap"),
    path("open-shifts/", open_shifts.open_shifts, name="open_shifts"),
    path("open-shifts/<int:pk>/", open_shifts.open_shift, name="open_shift"),
    path("open-shifts/<int:pk>/take/", open_shifts.take, name="take"),
    path("open-shifts/<int:pk>/wait/", open_shifts.wait, name="wait"),
    path("check-in/<str:code>/", check_in.at_post, name="check_in"),
    path("a/<str:token>/", callups.answer_link, name="answer_link"),
    path("callups/", callups.callups, name="callups"),
    path("callups/<int:pk>/", callups.callup, name="callup"),
    path("orders/", callups.orders, name="orders"),
    path("orders/<int:pk>/", callups.order, name="order"),
    path("offers/", callups.offers, name="offers"),
    path("offers/<int:incident>/<int:area>/", callups.offer, name="offer"),
    path("offers/<int:pk>/withdraw/", callups.withdraw, name="offer_withdraw"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:pk>/", requests.one, name="request"),
    path("requests/<int:pk>/contact/", requests.reveal, name="request_contact"),
    path("requests/<int:pk>/<slug:step>/", requests.step, name="request_step"),
    path("parcels/", parcels.parcels, name="parcels"),
    path("parcels/<int:pk>/", parcels.trip, name="trip"),
    path("parcels/doors/<int:pk>/", parcels.door, name="parcel"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.message, name="message"),
    path("profile/", profile.profile, name="profile"),
    path("profile/details/", profile.details, name="details"),
    path("profile/skills/", profile.skills, name="skills"),
    path("profile/availability/", profile.availability, name="availability"),
    path("profile/availability/<int:pk>/withdraw/", profile.withdraw, name="availability_withdraw"),
    path("profile/agreements/", profile.agreements, name="agreements"),
    path("profile/quiet-hours/", profile.quiet_hours, name="quiet_hours"),
    path("profile/calendar/", profile.calendar, name="calendar_link"),
]
