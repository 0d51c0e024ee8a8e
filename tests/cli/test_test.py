"""`./yimen test` keeps the suite away from every installation."""

from __future__ import annotations

import argparse
import os

import pytest

from yimen.cli import test as command


def test_the_suite_sees_no_installation_but_may_be_given_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "YIMEN_HOME", "DJANGO_SETTINGS_MODULE", "YIMEN_TEST_DB", "PYTHONPATH"):
        monkeypatch.setenv(name, "given")
    env = command.environment()
    assert "YIMEN_TEST_DB" in env and "PYTHONPATH" in env
    assert not {"DATABASE_URL", "YIMEN_HOME", "DJANGO_SETTINGS_MODULE"} & set(env)


def test_words_reach_pytest_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(os, "execve", lambda program, words, env: started.append(words))
    command.run(argparse.Namespace(words=["-k", "clock", "--lf"]))
    assert started[0][1:] == ["-m", "pytest", "-k", "clock", "--lf"]
