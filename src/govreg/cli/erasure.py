"""`govreg erasure certificate | verify`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from govreg.cli.group import Commands
from govreg.cli.invocation import Invocation, pass_invocation


@click.group(cls=Commands)
def erasure() -> None:
    """Certificates of erasures."""


@erasure.command()
@click.argument("request_id")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Copy it into this folder.")
@pass_invocation
def certificate(invocation: Invocation, request_id: str, output: Path | None) -> None:
    """Say where the latest certificate of a request is, or copy it out.

    Example: govreg erasure certificate req_7t0m3k9x2c4v8q1z -o certificate
    """
    with invocation.engine() as engine:
        folder = engine.requests.certificate(request_id)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir()):
            shutil.copyfile(path, output / path.name)
        folder = output
    invocation.answer(
        {"folder": str(folder), "files": sorted(path.name for path in folder.iterdir())},
        lambda: [
            f"{folder}: open {folder / 'certificate.html'}",
            "verify it:",
            f"  govreg erasure verify {folder / 'certificate.json'} --key {folder}/public-key.txt",
        ],
    )


@erasure.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", help="The public key you got another way: the text, or a file.")
@click.option("--checkpoint", type=click.Path(path_type=Path), help="A checkpoint kept elsewhere.")
@pass_invocation
def verify(invocation: Invocation, file: Path, key: str | None, checkpoint: Path | None) -> None:
    """Verify a certificate from the file and the public key alone. Exit code 5 when it is wrong.

    Example: govreg erasure verify certificate.json --key public-key.txt
    """
    from govreg.cli.files import checkpoint_text, key_text
    from govreg.reports.certificate_check import verify_certificate

    report = verify_certificate(
        file,
        key_text=key_text(key) if key else None,
        checkpoint=checkpoint_text(checkpoint) if checkpoint else None,
    )
    invocation.answer(
        {
            "certificate": report.certificate_id,
            "request": report.request_id,
            "state": report.state,
            "hash": report.hash,
            "index": report.index,
            "size": report.size,
            "witnessed": report.witnessed,
            "warnings": report.warnings,
        },
        lambda: ["nothing is wrong with it", *report.text.splitlines()],
    )
