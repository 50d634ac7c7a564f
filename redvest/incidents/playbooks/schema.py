"""What a playbook is, as frozen dataclasses; how one is read from text lives in loader.py."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from redvest.incidents.playbooks.reader import Words

DAY = 24 * 60
NIGHT = (22 * 60, 30 * 60)  # 22:00 to 06:00, in minutes after midnight of the first day
RESPONSE_LEVELS = (1, 2, 3, 4)  # 1 is the highest
WARNING_COLOURS = ("red", "orange", "yellow", "blue")  # another scale than the response levels
SCALES = ("incident", "street", "community", "estate", "residents")
PRIORITIES = (1, 2, 3, 4)  # of residents' requests: life, medicine and infants, daily goods, the rest
MOST_CHOICES = 6  # on the resident's own page
# Pictures that a kind of request may have; the screens carry these and no others.
REQUEST_ICONS = (
    "ambulance",
    "pill",
    "stethoscope",
    "baby-bottle",
    "basket",
    "droplet",
    "bolt",
    "tool",
    "trash",
    "home",
    "paw",
    "walk",
    "message-circle",
    "help-circle",
)
SEVERITIES = ("forbid", "override", "warn", "off")
CHECKLIST_MOMENTS = ("activation", "briefing", "stand_down")
# What the system itself can see to be done; everything else a person ticks.
FACTS = ("posts_opened", "call_up_sent", "team_formed", "orders_published", "roster_published")

# Message templates: which placeholders each may use, and which it must.
MESSAGES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "call_up": (
        frozenset({"name", "incident", "level", "area", "note", "meeting", "answer_by", "sender"}),
        frozenset({"incident", "link"}),
    ),
    "second_wave": (
        frozenset({"name", "level", "area", "note", "meeting", "answer_by", "sender", "missing"}),
        frozenset({"incident", "link"}),
    ),
    "nudge": (frozenset({"name", "area", "answer_by", "sender"}), frozenset({"incident", "link"})),
    "stand_down": (frozenset({"name", "area", "sender"}), frozenset({"incident"})),
    "orders": (
        frozenset({"name", "incident", "place", "meeting", "contact", "kit"}),
        frozenset({"community", "link"}),
    ),
    "offer_accepted": (frozenset({"name", "incident", "sender"}), frozenset({"community"})),
    "offer_declined": (frozenset({"name", "incident", "sender"}), frozenset({"community"})),
    "roster_published": (frozenset({"name", "incident", "shifts", "first"}), frozenset({"link"})),
    "shift_reminder": (frozenset({"name", "incident", "place", "end", "link", "kit"}), frozenset({"post", "start"})),
    "late": (frozenset({"name", "incident", "place", "minutes", "link"}), frozenset({"post", "start"})),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a figure comes from, and how far it can be trusted (law, press, practice, placeholder)."""

    slug: str
    kind: str
    text: Words


@dataclass(frozen=True, slots=True)
class Skill:
    slug: str
    name: Words


@dataclass(frozen=True, slots=True)
class KitItem:
    """One line of a protective kit: so many for each head (or each post) and shift."""

    item: str
    name: Words
    quantity: int
    unit: Words
    per: str  # head | post


@dataclass(frozen=True, slots=True)
class Kit:
    slug: str
    name: Words
    items: tuple[KitItem, ...]


@dataclass(frozen=True, slots=True)
class PatternShift:
    """A shift of a pattern; `end` is beyond DAY when the shift crosses midnight."""

    slug: str
    name: Words
    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start

    @property
    def night_minutes(self) -> int:
        """Minutes between 22:00 and 06:00."""
        spans = ((NIGHT[0] - DAY, NIGHT[1] - DAY), NIGHT)
        return sum(max(0, min(self.end, end) - max(self.start, start)) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Group:
    """A duty group: which shifts of the pattern it takes first; the reserve group is a group like others."""

    slug: str
    name: Words
    shifts: tuple[str, ...]
    reserve: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    slug: str
    name: Words
    shifts: tuple[PatternShift, ...]
    groups: tuple[Group, ...]
    overlap_minutes: int
    swap_after_days: int  # groups change their shifts after so many days; 0: never
    around_the_clock: bool


@dataclass(frozen=True, slots=True)
class Heads:
    minimum: int
    wanted: int
    maximum: int


@dataclass(frozen=True, slots=True)
class SkillNeed:
    skill: str
    heads: int


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of post: how many people with which skills and protection, where, and what they are told beforehand."""

    slug: str
    name: Words
    task: Words
    heads: Heads
    skills: tuple[SkillNeed, ...]
    kit: str
    pattern: str
    checklist: str
    experienced: int  # so many of the heads must be experienced; the pair rule
    pair: bool
    outdoor: bool
    suit: bool
    standby: bool
    perimeter: str  # any | inside | outside
    risk: Words


@dataclass(frozen=True, slots=True)
class PostPlan:
    """Posts that a response level adds: `count` of a kind for each community, street, ... of the incident's area."""

    kind: str
    per: str
    count: int
    residents: int  # with per = residents: one lot for so many residents of a community

    def number(self, residents: int = 0) -> int:
        """How many posts one node of the scale gets; never fewer than one lot where somebody lives."""
        if self.per != "residents":
            return self.count
        return self.count * max(1, math.ceil(residents / self.residents))


@dataclass(frozen=True, slots=True)
class Level:
    level: int
    name: Words
    meaning: Words
    posts: tuple[PostPlan, ...]


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A limit of the roster: the engine knows it by its name, the playbook sets its value and how strict it is."""

    slug: str
    name: Words
    value: int
    unit: str
    severity: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    slug: str
    text: Words
    within_minutes: int  # after activation; 0: no time is set
    fact: str  # one of FACTS, or "" when a person ticks it


@dataclass(frozen=True, slots=True)
class Checklist:
    slug: str
    name: Words
    moment: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class Message:
    title: Words
    body: Words


@dataclass(frozen=True, slots=True)
class RequestKind:
    """Something that residents ask for: how urgent it is, its clock, and which kinds of posts see to it.

    ``priority`` is 1 (life in danger) to 4 (convenience). The clock runs from the moment of asking: ``contact_minutes``
    until somebody speaks with the resident, ``done_minutes`` until it is done.
    """

    slug: str
    name: Words
    ask: Words  # the words on the resident's own page
    advice: Words  # what to do or say at once; empty where there is nothing
    priority: int
    contact_minutes: int
    done_minutes: int
    icon: str
    for_residents: bool  # one of the choices on the resident's own page
    posts: tuple[str, ...]  # kinds of posts that see to it, the first that is open nearby


@dataclass(frozen=True, slots=True)
class CallUpTimes:
    """How long a call-up waits, and when a person counts as rested."""

    answer_minutes: int
    unreachable_minutes: int
    link_hours: int
    rest_minutes: int


@dataclass(frozen=True, slots=True)
class SupplyTimes:
    """When stock needs attention: unallocated so long, expiring so soon, covering so few days; use is counted over."""

    unallocated_hours: int = 24
    expiry_days: int = 7
    cover_days: int = 3
    use_days: int = 3


@dataclass(frozen=True, slots=True)
class Playbook:
    """Everything special about one kind of emergency."""

    slug: str
    version: int
    name: Words
    summary: Words
    dated: str
    sources: Mapping[str, Source]
    warnings: Mapping[str, Words]
    skills: Mapping[str, Skill]
    kits: Mapping[str, Kit]
    patterns: Mapping[str, Pattern]
    checklists: Mapping[str, Checklist]
    posts: Mapping[str, PostKind]
    levels: Mapping[int, Level]
    rules: Mapping[str, RuleValue]
    messages: Mapping[str, Message]
    call_up: CallUpTimes
    requests: Mapping[str, RequestKind]  # empty in playbooks older than residents' requests
    supplies: SupplyTimes

    def added(self, level: int, before: int | None = None) -> tuple[PostPlan, ...]:
        """What `level` opens beyond level `before` (None: nothing is open yet). Level 1 has all posts of 2, 3, 4."""
        steps = [step for step in sorted(self.levels, reverse=True) if step >= level]
        return tuple(plan for step in steps if before is None or step < before for plan in self.levels[step].posts)

    def checklist(self, moment: str) -> Checklist:
        """The checklist of the whole incident for activation or stand-down."""
        return next(each for each in self.checklists.values() if each.moment == moment)

    @property
    def ladder(self) -> list[Level]:
        """The levels from the lowest to the highest, as a response grows."""
        return [self.levels[number] for number in sorted(self.levels, reverse=True)]
