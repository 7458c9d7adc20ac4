"""Partners of the API: clients with keys of their own, over a real application and a real PostgreSQL."""

import base64
import hashlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.journeys.partners.ports import ACTIVE, Terms

BASE = "http://testserver"


@dataclass
class Partner:
    """A client with its keys. Whatever it sends can be made wrong by `spoil`: a change of headers before they go."""

    http: TestClient
    client: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    session: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    token: str = ""

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def assertion(self, **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": self.client, "sub": self.client, "aud": BASE, "exp": now + 60, "iat": now,
                "jti": uuid.uuid4().hex} | claims  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": "k1"}, said, self.key)

    def proof(self, method: str, path: str, token: str = "", key: ECKey | None = None, **claims: Any) -> str:
        key = key or self.session
        said = {"htm": method, "htu": BASE + path, "iat": int(time.time()), "jti": uuid.uuid4().hex}
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            said["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
        return jwt.encode(header, said | claims, key)

    def sign(self, body: bytes, method: str, path: str, key: str, **header: Any) -> str:
        said = {"alg": "ES256", "kid": "k1", "htm": method, "htp": path, "key": key, "iat": int(time.time())} | header
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        return jws.detach_content(jws.serialize_compact(said, body, self.key, registry=registry))

    def ask_token(self, scope: str = "", **form: str) -> httpx2.Response:
        said = {"grant_type": "client_credentials", "client_id": self.client, "scope": scope,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.assertion()} | form  # fmt: skip
        return self.http.post("/oauth/token", data=said, headers={"DPoP": self.proof("POST", "/oauth/token")})

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None,
        spoil: dict[str, str | None] | None = None, content: bytes | None = None,
        media: str = "application/json", query: dict[str, Any] | None = None,
    ) -> httpx2.Response:  # fmt: skip
        if not self.token:
            self.token = self.ask_token().json()["access_token"]
        content = content if content is not None else json.dumps(body).encode() if body is not None else b""
        headers = {"Authorization": f"DPoP {self.token}", "DPoP": self.proof(method, path, self.token)}
        if method != "GET":
            key = key or uuid.uuid4().hex
            headers |= {"Idempotency-Key": key, "Content-Type": media,
                        "x-jws-signature": self.sign(content, method, path, key)}  # fmt: skip
        for name, value in (spoil or {}).items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = value
        return self.http.request(method, path, content=content, headers=headers, params=query)

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **said: Any) -> httpx2.Response:
        return self.send("POST", path, body, **said)


@pytest.fixture
def http(platform: Platform) -> Iterator[TestClient]:
    app = create_app(Tenancy(platform))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False, client=("127.0.0.1", 50_000)) as http:
        yield http


@pytest.fixture
def partner_of(platform: Platform, http: TestClient) -> Callable[..., Partner]:
    """A registered client: `partner_of("shop")`, with all scopes or those named."""

    def partner_of(name: str, tenant: str = "local", **terms: Any) -> Partner:
        partner = Partner(http, f"{name}.{tenant}")
        said = {"scopes": tuple(SCOPES), "jwks": partner.jwks, "per_minute": 10_000} | terms
        with platform.unit(tenant) as unit:
            unit.clients.add(partner.client, name, "tester")
            unit.clients.set_terms(Terms(partner.client, ACTIVE, **said), "tester", "second")
        return partner

    return partner_of


@pytest.fixture
def shop(partner_of: Callable[..., Partner]) -> Partner:
    return partner_of("shop")


@pytest.fixture
def address(platform: Platform) -> Iterator[str]:
    """A server of this process on a port that was free."""
    server = uvicorn.Server(uvicorn.Config(create_app(Tenancy(platform)), log_level="warning"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        serving = threading.Thread(target=server.run, args=([listening],))
        serving.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        serving.join()
