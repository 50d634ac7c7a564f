"""Settings that cannot be understood are refused with a sentence that names the variable."""

import pytest

from redvest.config import environment
from redvest.config.environment import BadSetting


def test_a_flag_understands_yes_and_no(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, meant in {"yes": True, "1": True, "On": True, "no": False, "0": False, "FALSE": False}.items():
        monkeypatch.setenv("X_FLAG", value)
        assert environment.flag("X_FLAG") is meant


def test_a_wrong_flag_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_FLAG", "maybe")
    with pytest.raises(BadSetting, match=r"^X_FLAG is 'maybe'; it must be yes or no"):
        environment.flag("X_FLAG")


def test_a_number_out_of_bounds_names_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_PORT", "70000")
    with pytest.raises(BadSetting, match=r"X_PORT is 70000; it must be at most 65535"):
        environment.integer("X_PORT", 8000, minimum=1, maximum=65535)
    monkeypatch.setenv("X_PORT", "eight")
    with pytest.raises(BadSetting, match="must be a whole number"):
        environment.integer("X_PORT", 8000)


def test_a_variable_without_default_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X_TEXT", raising=False)
    with pytest.raises(BadSetting, match="X_TEXT is not set"):
        environment.text("X_TEXT")


def test_a_wrong_address_is_refused_without_showing_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_URL", "ftp://user:secret@host/x")
    with pytest.raises(BadSetting, match="X_URL") as refusal:
        environment.url("X_URL")
    assert "secret" not in str(refusal.value)


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_LIST", " a.example , b.example ,")
    assert environment.list("X_LIST") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("value", "meant"), [("zh_CN.UTF-8", "zh-hans"), ("en_US:en", "en"), ("de:en", "en"), ("zh-Hans", "zh-hans")]
)
def test_the_language_of_a_desktop_is_understood(monkeypatch: pytest.MonkeyPatch, value: str, meant: str) -> None:
    monkeypatch.setenv("X_LANGUAGE", value)
    assert environment.language("X_LANGUAGE", "zh-hans", choices=["zh-hans", "en"]) == meant


def test_an_unknown_language_or_time_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_LANGUAGE", "fr")
    with pytest.raises(BadSetting, match="X_LANGUAGE is 'fr'; it must be one of: zh-hans, en"):
        environment.language("X_LANGUAGE", "zh-hans", choices=["zh-hans", "en"])
    monkeypatch.setenv("X_ZONE", "Asia/Chongking")
    with pytest.raises(BadSetting, match="X_ZONE"):
        environment.time_zone("X_ZONE", "Asia/Shanghai")


def test_the_secret_is_made_once_and_kept_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("REDVEST_DATA", str(folder))
    monkeypatch.delenv("X_SECRET", raising=False)
    first = environment.kept_secret("X_SECRET", "secret")
    assert len(first) >= 50
    assert environment.kept_secret("X_SECRET", "secret") == first
    assert [path.name for path in folder.iterdir()] == ["secret"]
    assert (folder / "secret").stat().st_mode & 0o077 == 0


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SECRET", "short")
    with pytest.raises(BadSetting, match="at least 32"):
        environment.kept_secret("X_SECRET", "secret")


def test_a_data_folder_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDVEST_DATA", "/proc/redvest")
    with pytest.raises(BadSetting, match="Set REDVEST_DATA"):
        environment.data_folder()
