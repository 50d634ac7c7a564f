"""Every write of incidents. What begins with an underscore serves the actions and is called by nothing else."""

from redvest.incidents.actions.answers import answer_by_link, answer_call_up, note_answer
from redvest.incidents.actions.call_ups import close_call_up, nudge, send_call_up, send_wave, stand_down
from redvest.incidents.actions.deployment import (
    move_member,
    pair_members,
    propose_deployment,
    publish_deployment,
    read_order,
    recall_member,
)
from redvest.incidents.actions.incidents import (
    activate_incident,
    change_expected_end,
    change_level,
    close_incident,
    count_hands,
    count_hands_at,
    tick_step,
    want_hands,
)
from redvest.incidents.actions.offers import accept_offer, decline_offer, offer_help, withdraw_offer
from redvest.incidents.actions.playbooks import install_playbook, install_shipped_playbooks

__all__ = [
    "accept_offer",
    "activate_incident",
    "answer_by_link",
    "answer_call_up",
    "change_expected_end",
    "change_level",
    "close_call_up",
    "close_incident",
    "count_hands",
    "count_hands_at",
    "decline_offer",
    "install_playbook",
    "install_shipped_playbooks",
    "move_member",
    "note_answer",
    "nudge",
    "offer_help",
    "pair_members",
    "propose_deployment",
    "publish_deployment",
    "read_order",
    "recall_member",
    "send_call_up",
    "send_wave",
    "stand_down",
    "tick_step",
    "want_hands",
    "withdraw_offer",
]
