"""What the open API costs: draws, repayments and reads over HTTP, as partners call it, with proofs signed beforehand.

The server is `zhiwei serve` in processes of its own, the database embedded and durable, the caller another process that
only writes bytes made before and reads the answers. Each call has a DPoP proof, each write an Idempotency-Key and a
signature; each is checked. Closed loop: so many connections, each asking again when it was answered: calls a second.
Open loop: so many calls a second whatever happens, and how long each took from when it was due.
"""

import argparse
import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jws, jwt
from joserfc.jwk import ECKey
from million import START
from money import make_lines

from zhiwei.bootstrap import open_platform
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.journeys.partners.ports import ACTIVE, Terms
from zhiwei.settings import Settings

CLIENT = "shop.bench"
CONNECTIONS = 24
DRAWS, REPAYMENTS = START + timedelta(days=1), START + timedelta(days=2)


@dataclass
class Partner:
    """A client with keys; makes whole requests as bytes, before the clock runs."""

    base: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    session: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    token: str = ""

    def proof(self, method: str, path: str) -> str:
        said: dict[str, Any] = {
            "htm": method,
            "htu": self.base + path,
            "iat": int(time.time()),
            "jti": uuid.uuid4().hex,
        }
        if self.token:
            said["ath"] = urlsafe_b64encode(hashlib.sha256(self.token.encode()).digest()).rstrip(b"=").decode()
        return jwt.encode(
            {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.session.as_dict(private=False)}, said, self.session
        )

    def renew(self) -> None:
        now, self.token = int(time.time()), ""
        said = {"iss": CLIENT, "sub": CLIENT, "aud": self.base, "exp": now + 60, "iat": now, "jti": uuid.uuid4().hex}
        form = {
            "grant_type": "client_credentials", "client_id": CLIENT,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "ES256", "kid": "k1"}, said, self.key),
        }  # fmt: skip
        answer = httpx2.post(
            f"{self.base}/oauth/token", data=form, headers={"DPoP": self.proof("POST", "/oauth/token")}
        )
        self.token = answer.raise_for_status().json()["access_token"]

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        content = json.dumps(body).encode() if body is not None else b""
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.base.removeprefix('http://')}",
                f"Authorization: DPoP {self.token}", f"DPoP: {self.proof(method, path)}"]  # fmt: skip
        if body is not None:
            key = uuid.uuid4().hex
            said = {"alg": "ES256", "kid": "k1", "htm": method, "htp": path, "key": key, "iat": int(time.time())}
            registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
            signed = jws.detach_content(jws.serialize_compact(said, content, self.key, registry=registry))
            head += [f"Idempotency-Key: {key}", f"x-jws-signature: {signed}", "Content-Type: application/json",
                     f"Content-Length: {len(content)}"]  # fmt: skip
        return "\r\n".join(head).encode() + b"\r\n\r\n" + content


@dataclass
class Wire:
    """Some connections of one process; `done` are seconds of each call, `bad` the answers that were no success."""

    port: int
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=asyncio.Queue)
    done: list[float] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    async def open(self) -> "Wire":
        for _ in range(CONNECTIONS):
            self.free.put_nowait(await asyncio.open_connection("127.0.0.1", self.port))
        return self

    async def call(self, request: bytes, due: float) -> None:
        reader, writer = await self.free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, size = head[9:12], 0
        for line in head.split(b"\r\n"):
            if line[:15].lower() == b"content-length:":
                size = int(line[15:])
        body = await reader.readexactly(size)
        self.free.put_nowait((reader, writer))
        self.done.append(time.perf_counter() - due)
        if status not in (b"200", b"201"):
            self.bad.append(f"{status.decode()} {body[:200].decode()}")


async def closed(port: int, requests: Sequence[bytes]) -> tuple[float, Wire]:
    """-> calls a second."""
    wire, waiting = await Wire(port).open(), iter(requests)

    async def one() -> None:
        for request in waiting:
            await wire.call(request, time.perf_counter())

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - began), wire


async def paced(port: int, requests: Sequence[bytes], per_s: float) -> Wire:
    wire, tasks, began = await Wire(port).open(), [], time.perf_counter() + 0.2
    for number, request in enumerate(requests):
        due = began + number / per_s
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.ensure_future(wire.call(request, due)))
    await asyncio.gather(*tasks)
    return wire


@contextmanager
def served(folder: Path, workers: int) -> Iterator[tuple[str, int, int]]:
    """-> (address, port, process id) of `zhiwei serve`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "zhiwei", "serve", "--port", str(port), "--workers", str(workers)]
    environment = os.environ | {"ZHIWEI_DATA": str(folder), "ZHIWEI_TENANT": "bench"}
    log = (folder / "api.log").open("w")
    process = subprocess.Popen(command, env=environment, stdout=log)
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                if httpx2.get(f"{base}/readyz").status_code == 200:
                    break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield base, port, process.pid
    finally:
        process.terminate()
        process.wait()
        log.close()


def memory(pid: int) -> float:
    """MiB of a process and those it started."""
    pids, total = [pid], 0.0
    while pids:
        one = pids.pop()
        try:
            pids += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total


def quantile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] * 1e3


def measure(base: str, port: int, lines: list[str], partner: Partner, count: int) -> dict[str, float]:
    found: dict[str, float] = {}

    def draw(n: int, on: date = DRAWS) -> bytes:
        body = {"amount": {"amount": 100_000 + n, "currency": "CNY"}, "value_date": on.isoformat()}
        return partner.request("POST", f"/v1/lines/{lines[n % len(lines)]}/draws", body)

    def repay(n: int) -> bytes:
        body = {"amount": {"amount": 50_000 + n, "currency": "CNY"}, "value_date": REPAYMENTS.isoformat()}
        return partner.request("POST", f"/v1/lines/{lines[n % len(lines)]}/repayments", body)

    def read(n: int) -> bytes:
        return partner.request("GET", f"/v1/lines/{lines[n % len(lines)]}")

    asyncio.run(closed(port, [draw(n) for n in range(200)]))  # warms up
    kinds = {"draws": draw, "repayments": repay, "reads": read}
    for name, make in kinds.items():
        many = count * (2 if name == "reads" else 1)
        requests = [make(n) for n in range(many)]
        rate, wire = asyncio.run(closed(port, requests))
        tell(
            f"{name:12s} {rate:7,.0f}/s   p50 {quantile(wire.done, 0.5):5.1f}  p99 {quantile(wire.done, 0.99):5.1f} ms",
            wire,
        )
        found[f"{name}_per_s"] = rate
    requests = [repay(n) if n % 2 else draw(n, REPAYMENTS) for n in range(min(count, 4000))]
    wire = asyncio.run(paced(port, requests, 200))
    found |= {"p50_ms": quantile(wire.done, 0.5), "p99_ms": quantile(wire.done, 0.99)}
    tell(f"at 200/s     p50 {found['p50_ms']:5.1f}  p99 {found['p99_ms']:5.1f} ms, draws and repayments", wire)
    return found


def ceiling(port: int) -> float:
    """The same server and caller on /healthz: what HTTP alone costs."""
    requests = [f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()] * 4000
    rate, wire = asyncio.run(closed(port, requests))
    tell(f"healthz      {rate:7,.0f}/s: HTTP alone", wire)
    return rate


def soaked(port: int, pid: int, lines: list[str], partner: Partner, minutes: float) -> dict[str, float]:
    """Memory while it is called 100 times a second; the first minute fills caches."""
    seen, began = [], time.monotonic()
    while time.monotonic() - began < minutes * 60:
        partner.renew()
        requests = []
        for n in range(1000):
            body = {"amount": {"amount": 100, "currency": "CNY"}, "value_date": REPAYMENTS.isoformat()}
            requests.append(partner.request("POST", f"/v1/lines/{lines[n % len(lines)]}/repayments", body))
        asyncio.run(paced(port, requests, 100))
        seen.append(memory(pid))
    first, last = seen[min(6, len(seen) - 1)], seen[-1]
    print(f"memory       {first:,.0f} MiB after a minute, {last:,.0f} MiB after {minutes:g}")
    return {"memory_first_mib": first, "memory_last_mib": last}


def tell(line: str, wire: Wire) -> None:
    print(line + (f"   {len(wire.bad)} BAD, such as {wire.bad[0]}" if wire.bad else ""))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print the figures as one JSON object at the end")
    options.add_argument("--count", type=int, default=2000, help="calls of each kind")
    options.add_argument("--workers", type=int, default=1, help="processes of the server")
    options.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="and watch its memory so long")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="zw") as name:
        folder = Path(name)
        with open_platform(Settings(folder, None, "bench", "bench")) as platform:
            lines = make_lines(platform)
            with served(folder, asked.workers) as (base, port, pid):
                partner = Partner(base)
                with platform.unit("bench") as unit:
                    unit.clients.add(CLIENT, "shop", "bench")
                    unit.clients.set_terms(
                        Terms(CLIENT, ACTIVE, tuple(SCOPES), {"keys": [partner.key.as_dict(private=False)]},
                              per_minute=10**6, per_day=10**9), "bench", "second",
                    )  # fmt: skip
                    unit.clients.hold(CLIENT, [("line", line) for line in lines])
                partner.renew()
                figures = {"healthz_per_s": ceiling(port)} | measure(base, port, lines, partner, asked.count)
                if asked.soak:
                    figures |= soaked(port, pid, lines, partner, asked.soak)
    if asked.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
