"""Which addresses may be called: those of the open internet, in whatever form they are written."""

import pytest

from zhiwei.adapters.webhooks import may_reach

OPEN = ["93.184.216.34", "8.8.8.8", "223.5.5.5", "2606:2800:220:1:248:1893:25c8:1946", "2400:3200::1", "::ffff:8.8.8.8"]
CLOSED = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # private
    "169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",  # clouds of themselves
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.1", "192.88.99.1",  # kept for something
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",  # many, and none
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",  # the same within another
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet(address: str) -> None:
    assert may_reach(address)
    assert may_reach(address, loopback=True)


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_of_nobody_else(address: str) -> None:
    assert not may_reach(address)


@pytest.mark.parametrize("address", CLOSED)
def test_where_loopback_is_allowed_nothing_else_is(address: str) -> None:
    assert may_reach(address, loopback=True) == (address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"))
