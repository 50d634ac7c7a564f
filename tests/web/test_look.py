"""The look: tags, parts, sign-in and error pages, the weight and the colours of what browsers load."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from redvest.config.environment import PROJECT
from redvest.web.templatetags import look
from tests.world import World
from tools import assets

WEB = PROJECT / "redvest" / "web"
# Paper is printed from the server's own PDF: what stands in its templates never reaches a browser.
PAPER = 'extends "base_print.html"'
TEMPLATES = sorted(
    path for path in (WEB / "templates").rglob("*.html") if PAPER not in path.read_text(encoding="utf-8")
)


def draw(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context)).strip()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- tags -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shown"),
    [("李敏", "敏"), ("欧阳晓晴", "晴"), ("Anna Wei", "AW"), ("Jean Luc Picard", "JP"), ("plato", "P"), ("", "?")],
)
def test_a_name_without_a_photo_shows_its_last_character_or_initials(name: str, shown: str) -> None:
    assert look.initials(name) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ((2, 22, 30), (3, 3, 30), "06:30–11:30"),
        ((2, 14, 30), (2, 22, 30), "22:30–next day 06:30"),
        ((2, 9, 30), (2, 16, 0), "17:30–24:00"),
        ((2, 1, 0), (4, 1, 0), "09:00–Wed 4 Mar 09:00"),
    ],
)
def test_a_time_range_says_when_it_ends_on_a_later_day(
    start: tuple[int, int, int], end: tuple[int, int, int], shown: str
) -> None:
    moments = [datetime(2026, 3, day, hour, minute, tzinfo=UTC) for day, hour, minute in (start, end)]
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        html = draw("{% timerange start end %}", start=moments[0], end=moments[1])
    assert re.sub(r"<[^>]+>", "", html) == shown


def test_days_are_short_in_both_languages() -> None:
    moment = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    with translation.override("en"):
        assert look.moment(moment) == "Tue 24 Nov 09:00"
    with translation.override("zh-hans"):
        assert look.moment(moment) == "11月24日 周二 09:00"


@pytest.mark.parametrize(
    ("minutes", "shown"), [(450, "7 h 30 min"), (480, "8 h"), (5, "5 min"), (0, "0 min"), (-90, "−1 h 30 min")]
)
def test_minutes_are_read_as_hours(minutes: int, shown: str) -> None:
    with translation.override("en"):
        assert look.hours(minutes) == shown


@pytest.mark.parametrize(
    ("have", "wanted", "minimum", "pips", "sentence"),
    [
        (2, 2, None, ["have", "have"], "2 of 2"),
        (1, 3, None, ["have", "lack", "lack"], "1 of 3, 2 short"),
        (1, 3, 2, ["have", "lack", "room"], "1 of 3, 1 short"),
        (2, 3, 2, ["have", "have", "room"], "2 of 3"),
        (3, 2, None, ["have", "have", "extra"], "3 of 2"),
        (0, 0, None, [], "0 of 0"),
        (9, 30, None, [], "9 of 30, 21 short"),
    ],
)
def test_a_gap_bar_has_a_pip_for_every_head(
    have: int, wanted: int, minimum: int | None, pips: list[str], sentence: str
) -> None:
    with translation.override("en"):
        bar = look.gapbar(have, wanted, minimum)
    assert [pip["kind"] for pip in bar["pips"]] == pips
    assert bar["sentence"] == sentence


def test_a_state_has_a_word_and_an_icon_beside_its_colour() -> None:
    html = draw('{% badge "short" "3 missing" %}')
    assert "3 missing" in html
    assert "#alert-triangle" in html
    with pytest.raises(KeyError):
        look.badge("purple", "no such tone")


class _Form(forms.Form):
    place = forms.CharField(label="Place", help_text="As on the sign.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Gate"), ("b", "Desk")], widget=forms.RadioSelect)
    paired = forms.BooleanField(label="Two together", required=False)


def test_a_field_ties_label_help_and_error_together() -> None:
    with translation.override("en"):
        html = draw("{% field form.place %}", form=_Form({}))
    assert '<label for="id_place">' in html
    assert 'aria-describedby="id_place_help id_place_wrong"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_place_help"' in html
    assert 'id="id_place_wrong"' in html
    assert "This field is required." in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = draw("{% field form.kind %}", form=_Form())
    assert "<legend>Kind" in html
    assert html.count('class="form-check-input"') == 2
    assert html.count("<label ") == 2


def test_page_links_keep_the_other_choices() -> None:
    request = RequestFactory().get("/people/?q=wang&page=3")
    html = Template("{% load look %}{% with_page 4 %}").render(Context({"request": request}))
    assert html == "?q=wang&amp;page=4"


# --- templates ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_templates_keep_to_the_security_policy(path: Path) -> None:
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"""\sstyle\s*=\s*["']""", text), "a style attribute"
    assert not re.search(r"\son[a-z]+\s*=", text), "an on… handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), "a script inside the page"
    assert "<style" not in text, "styles inside the page"
    assert "data-bs-toggle" not in text, "Tabler's script is not loaded"
    assert not re.search(r"""(?:href|src)=["'](?:https?:)?//""", text), "something from another server"


def test_every_icon_named_exists() -> None:
    names = assets.used_icons()
    assert {"bell", "menu-2", "alert-triangle"} <= names
    sprite = (assets.VENDOR / "icons.svg").read_text()
    assert names <= set(re.findall(r'<symbol id="([^"]+)"', sprite)), "run: python -m tools.assets"


def test_a_misspelled_icon_stops_the_build_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text('{% icon "bel" %}')
    monkeypatch.setattr(assets, "TEMPLATES", tmp_path)
    monkeypatch.setattr(assets, "PROJECT", tmp_path)
    with pytest.raises(assets.AssetError, match=r'page\.html names the icon "bel".*bell'):
        assets.used_icons()


# --- weight and colour ------------------------------------------------------------------------------------------------
def _weight(*names: str) -> int:
    htmx = Path(finders.find("django_htmx/htmx-2.min.js") or "")
    files = [htmx if name == "htmx" else assets.VENDOR / name for name in names]
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_volunteers_phone_loads_little() -> None:
    assert _weight("volunteer.css", "volunteer.js", "theme.js", "icons.svg", "htmx") < 60_000


def test_public_pages_load_under_60_kb() -> None:
    assert _weight("public.css", "simple.js", "theme.js", "icons.svg") < 20_000


def test_no_page_loads_tablers_script() -> None:
    assert not any("data-bs-toggle" in path.read_text(encoding="utf-8").lower() for path in assets.VENDOR.rglob("*.js"))


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text())
    assert lock["packages"]["node_modules/@tabler/core"]["integrity"]
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def _palettes() -> dict[str, dict[str, str]]:
    text = (assets.CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split('[data-bs-theme="dark"]')
    found = [dict(re.findall(r"--rv-([a-z-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TEXT_ON = [
    *((word, ground) for word in ("text", "muted", "link", "brand-text") for ground in ("bg", "surface")),
    *((tone, f"{tone}-soft") for tone in ("ok", "short", "late", "info", "standby", "neutral")),
    *((tone, ground) for tone in ("ok", "short", "late", "info") for ground in ("bg", "surface")),
    *(("text", f"{tone}-soft") for tone in ("ok", "short", "late", "info", "neutral")),
    *(("link", f"{tone}-soft") for tone in ("info", "short", "late")),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("brand-text", "brand-soft"),
    ("muted", "sunken"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), TEXT_ON)
def test_words_can_be_read_on_their_ground(scheme: str, word: str, ground: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[word], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_edges_of_fields_and_the_focus_can_be_seen(scheme: str, ground: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette["line-strong"], palette[ground]) >= 3
    assert _contrast(palette["focus"], palette[ground]) >= 3


# --- pages ----------------------------------------------------------------------------------------------------------
def test_sign_in_speaks_both_languages(world: World) -> None:
    chinese = world.client(language="zh-hans").get("/accounts/login/").content.decode()
    english = world.client(language="en").get("/accounts/login/").content.decode()
    assert '<html lang="zh-hans"' in chinese
    assert "登录" in chinese
    assert "手机号" in chinese
    assert '<html lang="en"' in english
    assert "Account name or phone number" in english
    assert not re.search(r"[\u4e00-\u9fff]", words(english).replace("简体中文", ""))


def test_a_wrong_password_is_said_beside_the_form(world: World) -> None:
    page = world.client().post("/accounts/login/", {"login": "nobody", "password": "wrong"}).content.decode()
    assert 'role="alert"' in page
    assert "data-sentence" in page


def test_too_many_wrong_passwords_lock_and_say_for_how_long(world: World, settings: Settings) -> None:
    client = world.client()
    username = world.worker.username
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        client.post("/accounts/login/", {"login": username, "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": username, "password": "wrong"})
    assert answer.status_code == 429
    said = words(answer.content.decode())
    assert f"The password was wrong {settings.AXES_FAILURE_LIMIT} times" in said
    assert "in 15 minutes" in said


def test_a_lost_page_says_what_to_do(world: World) -> None:
    answer = world.client("worker").get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing here for you" in answer.content.decode()
    assert "ask the person who sent it to you" in answer.content.decode()


def test_the_page_for_broken_things_needs_nothing() -> None:
    with translation.override("en"):
        assert "Something broke on our side" in render_to_string("500.html")


def test_a_stale_page_says_that_nothing_was_changed(world: World) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = client.post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/styleguide/", "/styleguide/volunteer/", "/styleguide/public/", "/styleguide/wall/"]
)
def test_the_style_guide_is_for_administrators(world: World, address: str) -> None:
    assert world.client().get(address).status_code == 404
    assert world.client("worker").get(address).status_code == 404
    for language in ("en", "zh-hans"):
        assert world.client("administrator", language=language).get(address).status_code == 200


def test_a_phone_finds_manifest_and_worker_without_signing_in(client: Client) -> None:
    manifest = client.get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"any", "192x192", "512x512"}
    worker = client.get("/sw.js")
    assert worker["Content-Type"] == "text/javascript"
    assert "no-cache" in worker["Cache-Control"]
    assert client.get("/offline/").status_code == 200
