"""Sessions with the command line, as text: what is typed, what comes back, with which exit code."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, city TEXT);
CREATE INDEX customers_email ON customers (lower(email));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, total INTEGER, placed_at TEXT);
CREATE INDEX orders_customer ON orders (customer_id);
INSERT INTO customers VALUES (1, 'Anna@shop.example', 'Anna', 'Virtanen', 'Oulu'), (2, 'two@shop.example', 'Ville', 'Korhonen', 'Turku');
INSERT INTO orders VALUES (1, 1, 100, '2026-01-02'), (2, 2, 200, '2026-01-03');
"""


class Session:
    """Runs commands in a folder and remembers the request opened last."""

    def __init__(self, folder):
        self.folder, self.request = folder, "none"

    def run(self, line):
        words = [word.replace("ID", self.request) for word in shlex.split(line)]
        assert words[0] == "govreg"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "govreg", *words[1:]],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        text = done.stdout + done.stderr
        assert "Traceback" not in text, text
        opened = re.search(r"request (req_\w+): \w+ under \w+, received", text)
        if opened:
            self.request = opened[1]
        return done.returncode, text


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.txt")))
def test_transcript(name, tmp_path):
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executescript(SHOP)
    database.close()
    session = Session(tmp_path)
    code, text, wanted = 0, "", 0
    at = ""
    for line in [*(HERE / name).read_text().splitlines(), "$ end"]:
        if line.startswith("$ "):
            assert code == wanted, f"{at}\nexit {code}\n{text}"
            if line == "$ end":
                break
            at, wanted = line, 0
            code, text = session.run(line[2:])
        elif line.startswith("?"):
            wanted = int(line[1:])
        elif line.startswith("> "):
            assert line[2:] in text, f"{at}\n{text}"
        elif line.startswith("! "):
            assert line[2:] not in text, f"{at}\n{text}"


def leaves_of(command):
    import click

    if not isinstance(command, click.Group):
        return [command]
    return [leaf for one in command.commands.values() for leaf in leaves_of(one)]


def test_help_is_quick_and_every_command_has_an_example():
    import click

    from govreg.cli.main import _COMMANDS, cli

    context = click.Context(cli)
    for name in _COMMANDS:
        command = cli.get_command(context, name)
        for leaf in leaves_of(command):
            assert "Example: govreg" in (leaf.help or ""), f"{name} {leaf.name}"


def test_help_imports_nothing_heavy():
    program = "import sys; sys.argv=['govreg','--help']\nfrom govreg.cli.main import main\ntry: main()\nexcept SystemExit: pass\nprint([m for m in ('sqlalchemy','pyarrow','pydantic','cryptography','jinja2') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


def test_json_is_json(tmp_path):
    session = Session(tmp_path)
    session.run("govreg init .")
    for command in (
        "status",
        "source list",
        "policy list",
        "connector list",
        "doctor",
        "audit show",
    ):
        code, text = session.run(f"govreg --json {command}")
        assert code == 0
        json.loads(text)
