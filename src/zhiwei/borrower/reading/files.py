"""Bytes of an outsider -> text, XML or the members of a zip, within bounds; BadInput says what is wrong and what to do.

`defusedxml` refuses entities and external references, so a small document cannot unfold into a large one.
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from zhiwei.values import BadInput

LARGEST = 64 * 2**20  # bytes of a file
LARGEST_TABLE = 512 * 2**20  # of a table as text: some millions of rows
LARGEST_XML = 10 * 2**20
MOST_ELEMENTS = 50_000
LARGEST_UNPACKED = 256 * 2**20
MOST_MEMBERS = 10_000
ENDLESS = 2**62
_BLOCK = 2**20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # a member packed by LZMA says itself how much memory it takes
# What unpacking raises on damage, besides its own error: each was seen, or is one that its decoders document.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, IndexError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip


def bounded(content: bytes, name: str, largest: int = LARGEST) -> bytes:
    if not content.strip():
        raise BadInput("empty_file", f"{name} is empty")
    if len(content) > largest:
        raise BadInput("file_too_large", f"{name} has {len(content):,} bytes, at most {largest:,}", hint="split it")
    return content


def text_of(content: bytes, name: str, largest: int = LARGEST) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, else GB18030, which holds GBK and GB2312."""
    bounded(content, name, largest)
    codes = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise BadInput("not_text", f"{name} is no text in UTF-8, UTF-16 or GB18030", hint="save it as UTF-8")


def open_xml(content: bytes, name: str, *, largest: int = LARGEST_XML, elements: int = MOST_ELEMENTS) -> Element:
    """The root of a document; tags keep their namespaces."""
    bounded(content, name, largest)
    try:
        root: Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise BadInput("unsafe_xml", f"{name} declares entities or a document type: refused") from error
    except (ParseError, LookupError, ValueError) as error:
        raise BadInput("not_xml", f"{name} is not well-formed XML: {error}") from error
    count = sum(1 for _ in root.iter())
    if count > elements:
        raise BadInput("xml_too_large", f"{name} has {count:,} elements, at most {elements:,}", hint="split it")
    return root


def open_zip(content: bytes, name: str) -> Mapping[str, bytes]:
    """Members by name, unpacked together within bounds: what a directory claims of sizes is not believed."""
    found: dict[str, list[bytes]] = {}
    for member, block in walk_zip(content, name):
        found.setdefault(member, []).append(block)
    return {member: b"".join(blocks) for member, blocks in found.items()}


def walk_zip(content: bytes, name: str, largest: int | None = None) -> Iterator[tuple[str, bytes]]:
    """(member, a block of it), member after member, an empty one as one empty block; bounded as `open_zip` is."""
    bounded(content, name)
    seen: set[str] = set()
    largest = LARGEST_UNPACKED if largest is None else largest
    left = largest
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise BadInput("zip_too_large", f"{name} has more than {MOST_MEMBERS:,} members")
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if info.filename in seen:
                    raise BadInput("zip_ambiguous", f"{name} has two members called {info.filename!r}")
                if info.flag_bits & 1:
                    raise BadInput("zip_locked", f"{name} is encrypted", hint="deliver it without a password")
                if info.compress_type not in METHODS:
                    raise BadInput("not_a_zip", f"{name} is packed in an unusual way", hint="pack it anew with deflate")
                seen.add(info.filename)
                claimed, info.file_size = info.file_size, ENDLESS  # else nobody sees what is behind a size that lies
                before = left
                with archive.open(info) as member:
                    yield info.filename, b""
                    while block := member.read(min(_BLOCK, left + 1)):
                        left -= len(block)
                        if left < 0:
                            raise BadInput("zip_too_large", f"{name} unpacks to more than {largest:,} bytes")
                        if before - left > claimed:
                            break
                        yield info.filename, block
                if before - left != claimed:
                    raise BadInput("not_a_zip", f"{name} says of {info.filename!r} another size than it has")
    except DAMAGE as error:
        raise BadInput("not_a_zip", f"{name} cannot be unpacked: {error}") from error
