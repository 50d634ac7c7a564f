"""Translations: message ids are English sentences in code and templates, translations are catalogs by room.

`python -m tools.i18n update` brings the catalogs in line with the sources, `check` says what is missing or wrong,
`compile` makes the files that run; `missing` and `fill` hand untranslated texts out and take them back as JSON.

A room is an app (`duty`), the screens of one audience (`web-volunteer`), the other screens (`web`), the command line
(`command`), or texts of libraries that their own catalogs lack (`libraries`). No GNU gettext is needed.
"""
