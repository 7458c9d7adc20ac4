"""/oauth/token: a client proves who it is, and gets a short token bound to its key or its certificate."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from zhiwei.interfaces.api.access.proofs import ASSERTION, read_assertion, read_proof
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.interfaces.api.access.tokens import LASTS, Token, minted, tenant_of
from zhiwei.interfaces.api.door import Setting, base_of, incoming, read_body, told_problems
from zhiwei.interfaces.api.problems import BadRequest, NotAllowed, TooMany
from zhiwei.journeys.partners.ports import ACTIVE, Call, Terms
from zhiwei.values import Forbidden, NotFound
from zhiwei.values.secrets import fingerprint

router = APIRouter(tags=["authorization"])
PATH = "/oauth/token"
LARGEST = 16_384
_FORM = {
    "grant_type": "client_credentials", "client_id": "shop.bank", "scope": "lines:read draws:write",
    "client_assertion_type": ASSERTION, "client_assertion": "<JWT signed by the client>",
}  # fmt: skip


class ServerMetadata(BaseModel):
    """As RFC 8414 names them."""

    issuer: str
    token_endpoint: str
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    tls_client_certificate_bound_access_tokens: bool
    scopes_supported: list[str]
    response_types_supported: list[str]


class TokenGiven(BaseModel):
    """`token_type`: DPoP, or Bearer where it is bound to a certificate. `expires_in` seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


@router.get("/.well-known/oauth-authorization-server", summary="Where and how to ask for a token (RFC 8414) 元数据",
            response_model=ServerMetadata)  # fmt: skip
def get_metadata(request: Request) -> Any:
    base = base_of(request, request.app.state.setting)
    return {
        "issuer": base, "token_endpoint": base + PATH, "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "self_signed_tls_client_auth"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "PS256", "Ed25519"],
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "Ed25519"],
        "tls_client_certificate_bound_access_tokens": True, "scopes_supported": list(SCOPES),
        "response_types_supported": [],
    }  # fmt: skip


def _asked_for() -> dict[str, Any]:
    return {
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {
                "schema": {"type": "object", "required": ["grant_type", "client_id"],
                           "properties": {name: {"type": "string"} for name in _FORM}},
                "example": _FORM}},
        },
        "security": [],
    }  # fmt: skip


@router.post(PATH, openapi_extra=_asked_for(), summary="A short access token 换取访问令牌",
             response_model=TokenGiven, responses=told_problems(413))  # fmt: skip
async def issue_token(request: Request) -> Response:
    """FAPI 2.0: client_credentials, with private_key_jwt and a DPoP proof, or with a certificate (mutual TLS)."""
    setting: Setting = request.app.state.setting
    body = await read_body(request, LARGEST)
    try:
        said = parse_qs(body.decode(), strict_parsing=True, max_num_fields=12)
        form = {name: value for name, [value] in said.items()}  # what is said twice could be read in two ways
    except ValueError:
        form = {}
    answer = await run_in_threadpool(_granted, request, setting, form)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _granted(request: Request, setting: Setting, form: dict[str, str]) -> dict[str, Any]:
    if form.get("grant_type") != "client_credentials":
        raise BadRequest("unsupported_grant_type", "the body is a form with grant_type=client_credentials")
    admission, client = setting.admission, form.get("client_id", "")
    call = incoming(request, setting, b"", "")
    now, tenant = admission.now(), tenant_of(client)
    try:
        books = admission.tenants.of(tenant)
    except NotFound:
        raise NotAllowed("invalid_client", "there is no such client") from None
    try:
        terms = admission.terms(books, tenant, client, anew=True)
    except NotAllowed:
        terms = Terms(client, ACTIVE, ())  # nobody's: its proof fits no key, in the words that a known one is told
    once: list[Any] = []
    if form.get("client_assertion_type") == ASSERTION:
        base = base_of(request, setting)
        audiences = {base, base + PATH}
        once.append(read_assertion(form.get("client_assertion", ""), terms.jwks, client, audiences, now))
        proof = read_proof(call.headers.get("dpop", ""), "POST", base + PATH, now)
        once.append(proof)
        bound = "jkt", proof.thumbprint
    elif call.certificate and fingerprint(call.certificate) in terms.thumbprints:
        bound = "x5t#S256", fingerprint(call.certificate)
    else:
        raise NotAllowed("invalid_client", "a client proves itself by private_key_jwt, or by a registered certificate")
    if terms.status != ACTIVE:
        raise Forbidden("client_suspended", "this client is suspended")
    for used in once or [None]:
        said = Call(client, call.request_id, used.once, used.good_until) if used else Call(client, call.request_id)
        with books.unit(tenant, pipelined=True) as unit:
            stands = unit.clients.admit(said, now.date())
        found = stands()
        if not found.fresh:
            raise NotAllowed("invalid_client", "this assertion or proof was used before")
        if found.in_minute > terms.per_minute or found.in_day > terms.per_day:
            raise TooMany("too_many_calls", "more calls than agreed", wait=60 - now.second)
    wanted = frozenset(form.get("scope", "").split()) or frozenset(terms.scopes)
    if beyond := sorted(wanted - set(terms.scopes)):
        raise Forbidden("invalid_scope", f"the client's terms do not have {', '.join(beyond)[:200]}")
    keys = admission.token_keys(tenant, anew=True)
    return {
        "access_token": minted(Token(tenant, client, wanted, bound), keys, now),
        "token_type": "DPoP" if bound[0] == "jkt" else "Bearer", "expires_in": int(LASTS.total_seconds()),
        "scope": " ".join(sorted(wanted)),
    }  # fmt: skip
