"""What only a proxy can know: who called it, by which scheme, with which certificate. It is believed of ours alone."""

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

TELLS = (b"client-cert", b"client-cert-chain", b"forwarded")


class BehindProxy:
    """`addresses`: of our proxies, or their networks, with commas. Who reaches us past them is a caller as any other.

    A certificate is no secret: believed from anywhere, it would let in whoever has seen one.
    """

    def __init__(self, app: ASGIApp, addresses: str) -> None:
        self.app, self.told = app, ProxyHeadersMiddleware(app, addresses)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if scope["type"] == "http" and (client[0] if client else None) not in self.told.trusted_hosts:
            headers = [(name, value) for name, value in scope["headers"] if name.lower() not in TELLS]
            await self.app({**scope, "headers": headers}, receive, send)
        else:
            await self.told(scope, receive, send)  # type: ignore[arg-type]
