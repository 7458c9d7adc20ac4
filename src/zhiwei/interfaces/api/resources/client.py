"""The client itself: what it is allowed, and its own public keys."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.shapes import Shape
from zhiwei.journeys.clients.keys import MOST
from zhiwei.journeys.clients.terms import client_of, rotate_client_keys

room = Room("client")
Part = Annotated[str, Field(max_length=2_000, pattern="^[A-Za-z0-9_-]+$")]


class PublicKey(BaseModel):
    """A JWK (RFC 7517) for signatures: EC on P-256, OKP on Ed25519, or RSA; never a private part."""

    model_config = ConfigDict(extra="forbid")

    kty: Literal["EC", "OKP", "RSA"]
    kid: Annotated[str, Field(max_length=100, pattern="^[!-~]+$")]
    crv: Literal["P-256", "Ed25519"] | None = None
    x: Part | None = None
    y: Part | None = None
    n: Part | None = None
    e: Part | None = None
    use: Literal["sig"] | None = None
    alg: Literal["ES256", "PS256", "Ed25519", "EdDSA"] | None = None


class NewKeys(Shape):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"keys": [{
                "kty": "EC", "crv": "P-256", "kid": "2026-12", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}]  # the key of RFC 7517, appendix A
        },
    )  # fmt: skip

    keys: list[PublicKey] = Field(min_length=1, max_length=MOST)


class ClientTerms(BaseModel):
    """`number` grows with every change. `keys` are the public keys that prove it, `certificates` their SHA-256."""

    client: str
    status: str
    scopes: list[str]
    keys: list[PublicKey]
    certificates: list[str]
    per_minute: int
    per_day: int
    number: int


class KeysSet(BaseModel):
    """`number` is that of the terms with these keys, `kids` name them."""

    client: str
    number: int
    kids: list[str]


@room.read(
    "/client", "client:read", summary="Its own terms 本方约定", response_model=ClientTerms,
    response_model_exclude_none=True,
)  # fmt: skip
def get_client(caller: Calls) -> Any:
    """What it may do, how often, and which keys prove it. 权限、频次与公钥。"""
    terms = client_of(books=caller.books, by=caller.by, client=caller.client).terms
    return ClientTerms(
        client=terms.client, status=terms.status, scopes=list(terms.scopes), certificates=list(terms.thumbprints),
        keys=[PublicKey(**one) for one in terms.jwks["keys"]], per_minute=terms.per_minute, per_day=terms.per_day,
        number=terms.number,
    )  # fmt: skip


@room.write(
    "/client/keys", "client:write", method="PUT", status=200, summary="Its own keys 更换密钥", response_model=KeysSet
)
def set_client_keys(body: NewKeys, caller: Calls) -> Any:
    """All of them, from now on; signed by one it has. Send the old one along until the new one is in use. 整体替换。"""
    keys = [one.model_dump(exclude_none=True) for one in body.keys]
    done = rotate_client_keys(books=caller.books, by=caller.by, key=caller.key, jwks={"keys": keys})
    return KeysSet(client=done.client, number=done.number, kids=[one["kid"] for one in keys])
