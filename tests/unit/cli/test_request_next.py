"""Whatever has happened to a request, the answer says which command comes next."""

from __future__ import annotations

import shlex

import pytest
from tests.journeys.test_traps import SOURCE, build

from govreg.cli.request_next import next_words

TEXT = SOURCE.replace(
    "name: {category: user.name,", "name: {category: user.content, free_text: true,"
)
FACTS = [
    "person.consent_withdrawn=yes",
    "person.objects=yes",
    "person.objection_upheld=yes",
    "person.relationship_ended=yes",
]


@pytest.fixture
def desk(govreg, tmp_path):
    assert TEXT != SOURCE
    folder = tmp_path / "desk"
    folder.mkdir()
    build(folder, source=TEXT)

    def run(*words, actor="dpo", code=0):
        said = govreg("--workspace", folder, "--actor", actor, "--json", "request", *words)
        assert said.code == code, said
        return said.json

    return run


def opened(desk, kind, facts=()):
    made = desk(
        "open",
        "--type",
        kind,
        "--law",
        "gdpr",
        "--identifier",
        "email=one@a.example",
        *[w for f in facts for w in ("--fact", f)],
    )
    assert made["next"] == [
        f"govreg request verify-identity {made['id']} --level reasonable --how MEANS"
    ]
    verified = desk("verify-identity", made["id"], "--how", "login")
    assert verified["next"] == [f"govreg request plan {made['id']}"]
    return made["id"]


def test_an_access_request_with_a_text_that_waits_for_a_reader(desk):
    request = opened(desk, "access")
    plan = desk("plan", request)
    assert plan["pending_review"] > 0
    assert plan["next"][0].startswith(f"govreg request review {request} --show-texts: ")
    assert plan["next"][-1].startswith(f"govreg request run {request}, ")
    assert desk("show", request)["next"] == plan["next"]

    partial = desk("run", request, code=1)
    assert partial["outcome"] == "partial"
    assert partial["next"][0].startswith(f"govreg request review {request} --show-texts: ")
    assert f"govreg request deliver {request} --channel MEANS --override" in partial["next"][-1]

    texts = desk("review", request, "--show-texts")
    assert texts["next"] == [
        f"govreg request review {request} --release {texts['texts'][0][0]} (or --withhold)"
    ]
    assert desk("review", request, "--release", "all")["next"] == [
        f"govreg request plan {request}"
    ]
    assert desk("plan", request)["next"] == [f"govreg request run {request}"]
    done = desk("run", request)
    assert done["outcome"] in {"complete", "complete_with_withheld"}
    assert done["next"] == [
        f"govreg request export {request} -o answer",
        f"govreg request deliver {request} --channel MEANS",
    ]
    assert desk("deliver", request, "--channel", "mail")["next"] == []


def test_an_erasure_to_the_last_recipient(desk):
    request = opened(desk, "erasure", FACTS)
    plan = desk("plan", request)
    assert plan["next"] == [f"govreg --actor NAME request approve {request} (a second person)"]
    approved = desk("approve", request, actor="second")
    assert approved["next"] == [f"govreg request run {request}"]
    ready = desk("run", request)
    tell = f"govreg request deliver {request} --told 'Hosting Oy=ANSWER'"
    assert ready["next"] == [
        f"govreg erasure certificate {request} -o certificate",
        tell,
        f"govreg request deliver {request} --channel MEANS",
    ]
    assert desk("deliver", request, "--channel", "mail")["next"] == [tell]
    words = shlex.split(tell.replace("ANSWER", "erased"))[2:]
    assert desk(*words)["next"] == []


def test_an_erasure_that_is_blocked(desk):
    request = opened(desk, "erasure")
    plan = desk("plan", request, code=1)
    assert plan["blockers"]
    assert plan["next"] == [f"govreg request plan {request}, once nothing is blocked"]


@pytest.mark.parametrize("words", [("plan",), ("run",), ("approve",), ("export", "-o", "out")])
def test_whoever_has_no_role_is_refused(desk, govreg, tmp_path, words):
    request = opened(desk, "access")
    command, *rest = words
    for actor in ("engineer", "stranger"):
        said = govreg(
            "--workspace", tmp_path / "desk", "--actor", actor, "request", command, request, *rest
        )
        assert (said.code, said.out) == (1, "")
        assert f"`{actor}` may not" in said.err


def test_the_commands_as_lines():
    assert next_words(["a", "b"]) == ["next: a", "then: b"]
    assert next_words([]) == []
