"""Builds a Playbook from TOML text, or says everything that is wrong with it; reads text, touches no database."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

from django.utils.translation import gettext as _

from redvest.incidents.playbooks import schema, serving
from redvest.incidents.playbooks.reader import PlaybookInvalid, Table, Words, parse

FORMAT = 1
PERIMETERS = ("any", "inside", "outside")
SOURCE_KINDS = ("law", "press", "practice", "placeholder")
DATED = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")

# The limits a playbook may set and what their values count; the names are those of the roster engine's rules.
RULE_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "availability": "none",
        "day_off": "none",
        "perimeter": "none",
        "reach": "none",
        "group": "none",
        "shift_length": "minutes",
        "night_length": "minutes",
        "suit_length": "minutes",
        "heat_stop": "band",
        "rest_floor": "minutes",
        "rest": "minutes",
        "day_hours": "minutes",
        "suit_hours": "minutes",
        "heat_hours": "minutes",
        "week_hours": "minutes",
        "week_hours_wanted": "minutes",
        "nights_in_row": "nights",
        "nights_in_row_wanted": "nights",
        "rest_after_nights": "minutes",
        "days_in_row": "days",
        "days_off": "days",
        "skills": "none",
        "experience": "none",
        "alone": "none",
    }
)


def load(file: str, text: str) -> schema.Playbook:
    """The playbook in `text`; raises PlaybookInvalid with one sentence for each problem, none hides another."""
    root = parse(file, text)
    playbook = _playbook(root)
    root.close()
    if root.document.problems:
        raise PlaybookInvalid(root.document.problems)
    return playbook


@cache
def shipped() -> Mapping[str, str]:
    """The texts of the playbooks that come with the product, by file name."""
    folder = resources.files("redvest.incidents.playbooks")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return MappingProxyType({entry.name: entry.read_text(encoding="utf-8") for entry in files})


@lru_cache(maxsize=32)
def installed(slug: str, text: str) -> schema.Playbook:
    """The playbook of an installed version; read once per process, because an installed text never changes."""
    return load(f"{slug}.toml", text)


def _playbook(root: Table) -> schema.Playbook:
    root.whole("format", FORMAT, FORMAT)
    slug, version, dated = root.text("slug"), root.whole("version", 1), root.text("dated")
    if dated and not DATED.match(dated):
        root.wrong("dated", _("a year and month such as 2022-11"), dated)
    if slug and root.document.file not in (f"{slug}.toml", "-"):
        root.problem("slug", _("must be the name of the file without .toml"))
    sources = {key: _source(key, table) for key, table in root.named("sources").items()}
    skills = {key: schema.Skill(key, table.words("name")) for key, table in root.named("skills", 0).items()}
    kits = {key: _kit(key, table) for key, table in root.named("kits").items()}
    patterns = {key: _pattern(key, table) for key, table in root.named("patterns").items()}
    checklists = {key: _checklist(key, table) for key, table in root.named("checklists").items()}
    known: dict[str, Mapping[str, object]] = {
        "skills": skills,
        "kits": kits,
        "patterns": patterns,
        "checklists": checklists,
    }
    posts = {key: _post(key, table, known) for key, table in root.named("posts").items()}
    _moments(root, checklists)
    rules = _rules(root, sources)
    for key, post in posts.items():
        _check_lengths(root, f"posts.{key}.pattern", post, patterns.get(post.pattern), rules)
    return schema.Playbook(
        slug=slug,
        version=version,
        name=root.words("name"),
        summary=root.words("summary"),
        dated=dated,
        sources=sources,
        warnings=_warnings(root),
        skills=skills,
        kits=kits,
        patterns=patterns,
        checklists=checklists,
        posts=posts,
        levels=_levels(root, posts),
        rules=rules,
        messages=_messages(root),
        call_up=_call_up(root),
        requests=serving.requests(root, posts),
        supplies=serving.supplies(root),
    )


def _source(key: str, table: Table) -> schema.Source:
    return schema.Source(key, table.choice("kind", SOURCE_KINDS), table.words("text"))


def _warnings(root: Table) -> dict[str, Words]:
    """The colours of the warning scale; all four, because a district meets all of them."""
    table = root.table("warnings")
    return {} if table is None else {colour: table.words(colour) for colour in schema.WARNING_COLOURS}


def _kit(key: str, table: Table) -> schema.Kit:
    items = [
        schema.KitItem(
            item=line.text("item"),
            name=line.words("name"),
            quantity=line.whole("quantity", 1),
            unit=line.words("unit"),
            per=line.choice("per", ("head", "post"), "head"),
        )
        for line in table.tables("items", 1)
    ]
    return schema.Kit(key, table.words("name"), tuple(items))


def _pattern(key: str, table: Table) -> schema.Pattern:
    shifts: dict[str, schema.PatternShift] = {}
    for line in table.tables("shifts", 1):
        shift = _shift(line)
        if shift.slug in shifts:
            line.problem("slug", _("is used twice in this pattern"))
        shifts[shift.slug] = shift
    groups = [_group(line, shifts) for line in table.tables("groups")]
    if groups and not any(group.reserve for group in groups):
        table.problem("groups", _("must contain a reserve group (reserve = true)"))
    around = table.flag("around_the_clock", False)
    overlap = table.whole("overlap_minutes", 0, 120, 0)
    _check_clock(table, tuple(shifts.values()), around)
    swap = table.whole("swap_after_days", 0, 30, 0)
    return schema.Pattern(key, table.words("name"), tuple(shifts.values()), tuple(groups), overlap, swap, around)


def _shift(line: Table) -> schema.PatternShift:
    start, end = line.clock("start"), line.clock("end")
    end = end if end > start else end + schema.DAY
    return schema.PatternShift(line.text("slug"), line.words("name"), start, end)


def _group(line: Table, shifts: Mapping[str, schema.PatternShift]) -> schema.Group:
    return schema.Group(
        line.text("slug"), line.words("name"), line.names("shifts", shifts, _("shifts")), line.flag("reserve", False)
    )


def _check_clock(table: Table, shifts: tuple[schema.PatternShift, ...], around: bool) -> None:
    """Shifts of one pattern follow each other; the handover overlap is given once, as overlap_minutes."""
    ordered = sorted(shifts, key=lambda shift: shift.start)
    for now, after in pairwise(ordered):
        if after.start < now.end:
            reason = _("overlap: %(now)s and %(after)s; give the handover as overlap_minutes instead")
            table.problem("shifts", reason % {"now": now.slug, "after": after.slug})
    if ordered and ordered[-1].end > ordered[0].start + schema.DAY:
        table.problem("shifts", _("are longer than a day together"))
    elif around and sum(shift.minutes for shift in ordered) != schema.DAY:
        table.problem("around_the_clock", _("is true, but the shifts leave part of the day without anybody"))


def _checklist(key: str, table: Table) -> schema.Checklist:
    items = [
        schema.ChecklistItem(
            slug=line.text("slug"),
            text=line.words("text"),
            within_minutes=line.whole("within_minutes", 0, 7 * schema.DAY, 0),
            fact=line.choice("fact", schema.FACTS, ""),
        )
        for line in table.tables("items", 1)
    ]
    slugs = [item.slug for item in items]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        table.problem("items", _("use the slug %(slug)s twice") % {"slug": slug})
    return schema.Checklist(key, table.words("name"), table.choice("moment", schema.CHECKLIST_MOMENTS), tuple(items))


def _moments(root: Table, checklists: Mapping[str, schema.Checklist]) -> None:
    for moment in ("activation", "stand_down"):
        found = [each.slug for each in checklists.values() if each.moment == moment]
        if len(found) != 1:
            reason = _("must contain exactly one list with moment = %(moment)s, not %(number)s")
            root.problem("checklists", reason % {"moment": moment, "number": len(found)})


def _post(key: str, table: Table, known: Mapping[str, Mapping[str, object]]) -> schema.PostKind:
    heads = _heads(table)
    pair = table.flag("pair", False)
    experienced = table.whole("experienced", 0, None, 0)
    post = schema.PostKind(
        slug=key,
        name=table.words("name"),
        task=table.words("task"),
        heads=heads,
        skills=_skill_needs(table, known["skills"], heads),
        kit=table.reference("kit", known["kits"], _("kits")),
        pattern=table.reference("pattern", known["patterns"], _("patterns")),
        checklist=table.reference("checklist", known["checklists"], _("checklists")),
        experienced=experienced,
        pair=pair,
        outdoor=table.flag("outdoor", False),
        suit=table.flag("suit", False),
        standby=table.flag("standby", False),
        perimeter=table.choice("perimeter", PERIMETERS, "any"),
        risk=table.words("risk"),
    )
    _check_post(table, post, known)
    return post


def _heads(table: Table) -> schema.Heads:
    part = table.table("heads")
    if part is None:
        return schema.Heads(1, 1, 1)
    minimum = part.whole("minimum", 1)
    wanted = part.whole("wanted", 1, None, minimum)
    maximum = part.whole("maximum", 1, None, wanted)
    if wanted < minimum:
        part.problem("wanted", _("must not be less than minimum (%(limit)s)") % {"limit": minimum})
    if maximum < wanted:
        part.problem("maximum", _("must not be less than wanted (%(limit)s)") % {"limit": wanted})
    return schema.Heads(minimum, wanted, maximum)


def _skill_needs(table: Table, skills: Mapping[str, object], heads: schema.Heads) -> tuple[schema.SkillNeed, ...]:
    found = []
    for line in table.tables("skills"):
        need = schema.SkillNeed(line.reference("skill", skills, _("skills")), line.whole("heads", 1, None, 1))
        if need.heads > heads.minimum:
            line.problem("heads", _("must not be more than heads.minimum (%(limit)s)") % {"limit": heads.minimum})
        found.append(need)
    return tuple(found)


def _check_post(table: Table, post: schema.PostKind, known: Mapping[str, Mapping[str, object]]) -> None:
    if post.experienced > post.heads.minimum:
        limit = {"limit": post.heads.minimum}
        table.problem("experienced", _("must not be more than heads.minimum (%(limit)s)") % limit)
    if post.pair and post.heads.minimum < 2:
        table.problem("pair", _("is true, so heads.minimum must be 2 or more"))
    pattern, checklist = known["patterns"].get(post.pattern), known["checklists"].get(post.checklist)
    if isinstance(checklist, schema.Checklist) and checklist.moment != "briefing":
        table.problem("checklist", _("must name a list with moment = briefing"))
    if isinstance(pattern, schema.Pattern) and not post.standby and post.heads.minimum < 2:
        nights = [shift.slug for shift in pattern.shifts if shift.night_minutes >= 60]
        if nights:
            reason = _("must be 2 or more: nobody stands alone at night (shift %(shift)s of pattern %(pattern)s)")
            table.problem("heads.minimum", reason % {"shift": nights[0], "pattern": post.pattern})


def _levels(root: Table, posts: Mapping[str, object]) -> dict[int, schema.Level]:
    found: dict[int, schema.Level] = {}
    for line in root.tables("levels", 1):
        number = line.whole("level", 1, 4)
        if number in found:
            line.problem("level", _("is given twice"))
        plans = tuple(_plan(part, posts) for part in line.tables("posts"))
        found[number] = schema.Level(number, line.words("name"), line.words("meaning"), plans)
    missing = [str(number) for number in schema.RESPONSE_LEVELS if number not in found]
    if missing and root.has("levels"):
        root.problem("levels", _("must describe response levels 1 to 4; missing: %(missing)s") % {
            "missing": ", ".join(missing)
        })  # fmt: skip
    return found


def _plan(part: Table, posts: Mapping[str, object]) -> schema.PostPlan:
    per = part.choice("per", schema.SCALES)
    residents = part.whole("residents", 1) if per == "residents" else 0
    return schema.PostPlan(part.reference("kind", posts, _("posts")), per, part.whole("count", 1, 50, 1), residents)


def _rules(root: Table, sources: Mapping[str, object]) -> dict[str, schema.RuleValue]:
    found: dict[str, schema.RuleValue] = {}
    for key, table in root.named("rules").items():
        if key not in RULE_UNITS:
            known = ", ".join(sorted(RULE_UNITS))
            root.problem(f"rules.{key}", _("is no rule of the roster; the rules are: %(known)s") % {"known": known})
        found[key] = schema.RuleValue(
            slug=key,
            name=table.words("name"),
            value=table.whole("value", 0, None, 0 if RULE_UNITS.get(key) == "none" else None),
            unit=RULE_UNITS.get(key, ""),
            severity=table.choice("severity", schema.SEVERITIES),
            source=table.reference("source", sources, _("sources")),
            version=table.text("version"),
        )
    return found


def _check_lengths(
    root: Table,
    path: str,
    post: schema.PostKind,
    pattern: schema.Pattern | None,
    rules: Mapping[str, schema.RuleValue],
) -> None:
    """A post whose shifts the rules forbid could never be manned; better to say so now than at three in the morning."""
    for shift in pattern.shifts if pattern else ():
        length = shift.minutes + (pattern.overlap_minutes if pattern else 0)
        limits = {"shift_length": True, "night_length": shift.night_minutes >= 180, "suit_length": post.suit}
        for name, applies in limits.items():
            rule = rules.get(name)
            if not applies or rule is None or rule.severity not in ("forbid", "override"):
                continue
            if length > rule.value and not (post.standby and name == "night_length"):
                reason = _("has shift %(shift)s of %(length)s minutes with handover; rules.%(rule)s allows %(limit)s")
                fields = {"shift": shift.slug, "length": length, "rule": name, "limit": rule.value}
                root.document.problem(path, reason % fields)


def _messages(root: Table) -> dict[str, schema.Message]:
    parent = root.table("messages")
    found: dict[str, schema.Message] = {}
    for key, (optional, required) in schema.MESSAGES.items() if parent else ():
        table = parent.table(key) if parent else None
        if table is not None:
            found[key] = schema.Message(*(table.words(part, optional | required) for part in ("title", "body")))
            _check_required(table, found[key], required)
    return found


def _check_required(table: Table, message: schema.Message, required: frozenset[str]) -> None:
    """What a message must say may stand in its title or its body."""
    for language in ("zh", "en"):
        text = message.title.in_language(language) + message.body.in_language(language)
        for name in sorted(required):
            if text and f"{{{name}}}" not in text:
                reason = _("must contain %(name)s in its title or body (%(language)s)")
                table.problem("", reason % {"name": f"{{{name}}}", "language": language})


def _call_up(root: Table) -> schema.CallUpTimes:
    table = root.table("call_up")
    if table is None:
        return schema.CallUpTimes(30, 60, 72, 480)
    times = schema.CallUpTimes(
        answer_minutes=table.whole("answer_minutes", 5, schema.DAY),
        unreachable_minutes=table.whole("unreachable_minutes", 5, 2 * schema.DAY),
        link_hours=table.whole("link_hours", 1, 24 * 30),
        rest_minutes=table.whole("rest_minutes", 0, 2 * schema.DAY),
    )
    if times.unreachable_minutes < times.answer_minutes:
        reason = _("must not be less than answer_minutes (%(limit)s)")
        table.problem("unreachable_minutes", reason % {"limit": times.answer_minutes})
    return times
