"""zhiwei client: who may call the API, with which keys, for what and how often."""

import json
import os
import sys
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, Key, out, print_json, print_result, print_table
from zhiwei.journeys.clients import terms as journeys
from zhiwei.journeys.partners.ports import ACTIVE
from zhiwei.values import BadInput
from zhiwei.values.secrets import fingerprint

app = typer.Typer(no_args_is_help=True, help="Who may call the API: clients, their keys and terms. 接口调用方")
ClientId = Annotated[str, typer.Argument(metavar="CLIENT", help="Its id: name.tenant.")]
Because = Annotated[str, typer.Option("--because", help="Why; kept with your name.")]
Jwks = Annotated[Path | None, typer.Option("--jwks", help="File with its public keys (JWKS, RFC 7517).")]
Certificates = Annotated[
    list[Path] | None, typer.Option("--certificate", help="A certificate of its (PEM), for mutual TLS; again for more.")
]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="What it may do, such as lines:read; again for more; `all`.")
]
PerMinute = Annotated[int | None, typer.Option("--per-minute", help="Calls a minute.")]
PerDay = Annotated[int | None, typer.Option("--per-day", help="Calls a day.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and -; its id is NAME.TENANT.")],
    title: Annotated[str, typer.Option("--title", help="Who it is, for people.")],
    scope: Scopes = None, jwks: Jwks = None, certificate: Certificates = None, per_minute: PerMinute = None,
    per_day: PerDay = None, key: Key = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Propose a new client; another person approves it. 登记调用方（须复核）"""
    wanted = _wanted(_scopes(scope or ["all"]), jwks, certificate, per_minute, per_day)
    with open_platform() as platform:
        done = journeys.propose_client(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, name=name, title=title, wanted=wanted
        )
    print_result(done, as_json)


@app.command()
def terms(
    client: ClientId, because: Because, scope: Scopes = None, per_minute: PerMinute = None, per_day: PerDay = None,
    key: Key = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Propose other scopes and rates; what is not named stays. 变更权限与频次（须复核）"""
    wanted = _wanted(_scopes(scope) if scope else None, None, None, per_minute, per_day)
    _propose(client, wanted, because, key, as_json)


@app.command()
def keys(
    client: ClientId, because: Because, jwks: Jwks = None, certificate: Certificates = None, key: Key = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Propose other keys, all of them; a client changes its own by PUT /v1/client/keys. 更换密钥（须复核）"""
    if jwks is None and not certificate:
        raise BadInput("bad_keys", "which keys?", hint="--jwks FILE or --certificate FILE")
    _propose(client, _wanted(None, jwks, certificate, None, None), because, key, as_json)


@app.command()
def resume(client: ClientId, because: Because, key: Key = None, as_json: Json = False) -> None:
    """Propose that a suspended client may call again. 恢复（须复核）"""
    _propose(client, journeys.TermsWanted(status=ACTIVE), because, key, as_json)


@app.command()
def suspend(client: ClientId, because: Because, key: Key = None, as_json: Json = False) -> None:
    """Stop a client at once; one person is enough for that. 停用（即时生效）"""
    with open_platform() as platform:
        done = journeys.suspend_client(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, client=client, because=because
        )
    print_result(done, as_json)


@app.command()
def approve(
    proposal: Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id, as `zhiwei proposals` lists it.")],
    as_json: Json = False,
) -> None:
    """Approve what was proposed about a client, as the second person ($ZHIWEI_PERSON). 复核"""
    with open_platform() as platform:
        done = journeys.approve_client(books=platform, by=platform.actor, proposal=proposal)
    print_result(done, as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """All clients of the tenant. 列出"""
    with open_platform() as platform:
        found = journeys.clients(books=platform, by=platform.actor)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    rows = [
        [one.client, one.name, one.terms.status, one.since.date(), ", ".join(_kids(one)), len(one.terms.scopes),
         f"{one.terms.per_minute:,}", f"{one.terms.per_day:,}"]
        for one in found
    ]  # fmt: skip
    columns = ["client 调用方", "title 名称", "status 状态", "since 起", "keys 密钥", "scopes 权限", "a minute 每分钟",
               "a day 每日"]  # fmt: skip
    print_table("Clients of the API 接口调用方", columns, rows, right=[5, 6, 7])


@app.command()
def show(client: ClientId, as_json: Json = False) -> None:
    """One client: its terms, its public keys, and how much it may see. 查看"""
    with open_platform() as platform:
        found = journeys.client_of(books=platform, by=platform.actor, client=client)
    if as_json:
        print_json(_plain(found))
        return
    now = found.terms
    said = {
        "client": now.client, "title": found.name, "status": now.status, "since": found.since.date(),
        "because": now.because, "scopes": " ".join(now.scopes), "keys": ", ".join(_kids(found)),
        "certificates": ", ".join(now.thumbprints), "per minute": now.per_minute, "per day": now.per_day,
        "sees": ", ".join(f"{count:,} {kind}" for kind, count in found.sees.items()) or "nothing yet",
    }  # fmt: skip
    for name, value in said.items():
        out.print(f"{name:14s} {value}", markup=False)


@app.command()
def keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes (PEM); must not be there.")],
    kid: Annotated[str, typer.Option("--kid", help="How the key is called; it follows from it if not given.")] = "",
) -> None:
    """Make a private key, which only you may read, and print its public JWKS: give us that. 生成密钥对"""
    from zhiwei.client import KeyPair

    made = KeyPair.made(kid)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as private:
        private.write(made.private_pem)
    sys.stdout.write(json.dumps({"keys": [made.public]}, indent=1) + "\n")


def _propose(client: str, wanted: journeys.TermsWanted, because: str, key: str | None, as_json: bool) -> None:
    with open_platform() as platform:
        done = journeys.propose_terms(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, client=client, wanted=wanted,
            because=because,
        )  # fmt: skip
    print_result(done, as_json)


def _wanted(
    scopes: tuple[str, ...] | None, jwks: Path | None, certificates: list[Path] | None, per_minute: int | None,
    per_day: int | None,
) -> journeys.TermsWanted:  # fmt: skip
    thumbprints = tuple(_thumbprint(one) for one in certificates) if certificates else None
    return journeys.TermsWanted(scopes, _jwks(jwks) if jwks else None, thumbprints, per_minute, per_day)


def _scopes(given: list[str]) -> tuple[str, ...]:
    from zhiwei.interfaces.api.access.scopes import SCOPES

    if given == ["all"]:
        return tuple(SCOPES)
    if unknown := sorted(set(given) - set(SCOPES)):
        raise BadInput("bad_scopes", f"no scope {', '.join(unknown)}", hint=f"all, or some of: {', '.join(SCOPES)}")
    return tuple(given)


def _jwks(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError:
        raise BadInput("bad_keys", f"{file} is no JSON", hint="zhiwei client keygen prints a JWKS") from None


def _thumbprint(file: Path) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificate

    try:
        found = load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise BadInput("bad_certificate", f"{file} is no certificate", hint="PEM, as a CA gives it") from None
    return fingerprint(found.public_bytes(Encoding.DER))


def _plain(one: journeys.Known) -> dict[str, Any]:
    return asdict(one) | {"terms": asdict(one.terms)}


def _kids(one: journeys.Known) -> list[str]:
    return [key["kid"] for key in one.terms.jwks["keys"]]
