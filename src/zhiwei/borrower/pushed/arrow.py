"""Pushed rows as an Arrow stream: read message by message, each looked at before anything of it is unfolded.

A stream could unfold to far more than its bytes: by compression, by dictionaries and runs that repeat one value, by
views that share one text, by columns of nothing. None of these is taken, so that what a stream holds is never more than
its bytes. Numbers come exact: money as integers of minor units, as in JSON.
"""

import struct
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from zhiwei.borrower.pushed.columns import form_of
from zhiwei.borrower.pushed.rows import CHUNK, MOST_PUSHED, PARTY, Pushed, Taking
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

MOST_COLUMNS = 64
LARGEST_SCHEMA = 2**16  # bytes
_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"  # without it nobody knows whether a stream was cut
_HEADER, _COMPRESSION = 2, 3  # places in the tables Message and RecordBatch of Arrow's Message.fbs
_DAMAGE = (pa.ArrowException, ValueError, OverflowError, OSError, MemoryError, TypeError)
Columns = dict[str, str]


def read_arrow(content: bytes, kind: str) -> Pushed:
    """Rows of a stream with a column `party`. BadInput where it is none, is cut, or unfolds to more than its bytes."""
    if not content.endswith(_END):
        raise BadInput("cut_stream", "the Arrow stream has no end: it was cut, or is in the file format",
                       hint="write a stream (IPC stream format) and close the writer")  # fmt: skip
    taking = Taking(kind, "")
    try:
        messages = ipc.MessageReader.open_stream(pa.BufferReader(content))
        first = next(_rest(messages), None)
        if first is None or first.type != "schema" or first.metadata.size > LARGEST_SCHEMA:
            raise BadInput("bad_arrow", "an Arrow stream begins with its schema, of 64 KiB at most")
        schema = ipc.read_schema(first)
        _checked(schema, kind)
        for message in _rest(messages):
            _take(taking, message, schema)
    except _DAMAGE as error:
        raise BadInput("bad_arrow", f"the Arrow stream cannot be read: {type(error).__name__}") from None
    return taking.pushed()


def _rest(messages: Any) -> Iterator[Any]:
    while True:
        try:
            yield messages.read_next_message()
        except StopIteration:
            return


def _checked(schema: pa.Schema, kind: str) -> None:
    if len(schema.names) > MOST_COLUMNS or len(set(schema.names)) < len(schema.names):
        raise BadInput("bad_arrow", f"more than {MOST_COLUMNS} columns, or one name twice")
    known = {PARTY: pa.string()} | {name: KINDS[kind].schema.field(name).type for name in form_of(kind).fields}
    errors = []
    for field in schema:
        wanted = known.get(field.name)
        if wanted is None:
            errors.append(("", field.name[:60], f"{kind} has no such column"))
        elif not _fits(field.type, wanted):
            errors.append(("", field.name, f"expected {wanted}, plain: not {str(field.type)[:60]}"))
    if PARTY not in schema.names:
        errors.append(("", PARTY, "missing: whose row is it?"))
    if errors:
        raise BadInput("bad_columns", f"{len(errors)} columns do not fit {kind}; first {errors[0][1]}: {errors[0][2]}",
                       hint="see the schema of its rows", errors=errors)  # fmt: skip


def _fits(given: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_string(wanted):
        return bool(pa.types.is_string(given) or pa.types.is_large_string(given))
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(given))
    if pa.types.is_floating(wanted):
        return bool(pa.types.is_float32(given) or pa.types.is_float64(given) or pa.types.is_integer(given))
    if pa.types.is_timestamp(wanted):
        return bool(pa.types.is_timestamp(given) and given.tz is None)
    return bool(pa.types.is_date32(given))


def _take(taking: Taking, message: Any, schema: pa.Schema) -> None:
    if message.type != "record batch":
        raise BadInput("bad_arrow", f"a message {message.type} has no place in a push", hint="no dictionaries")
    if _is_compressed(message.metadata.to_pybytes()):
        raise BadInput("compressed_arrow", "the batches are compressed", hint="write the stream without compression")
    batch = ipc.read_record_batch(message, schema)
    if taking.count + batch.num_rows > MOST_PUSHED:
        raise BadInput("too_many_rows", f"more than {MOST_PUSHED:,} rows in one push", hint="push them in parts")
    batch.validate(full=True)
    for start in range(0, batch.num_rows, CHUNK):
        for row in batch.slice(start, CHUNK).to_pylist():
            said = {name: _as_json(value) for name, value in row.items() if value is not None}
            taking.take(f"row {taking.count + 1}", said)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(repr(value)) if isinstance(value, float) else value


def _is_compressed(metadata: bytes) -> bool:
    """Whether a record batch says that its buffers are compressed, read from its flatbuffer; ValueError for damage."""
    try:
        batch = _reference(metadata, _reference(metadata, 0, None), _HEADER)
        return _slot(metadata, batch, _COMPRESSION) != 0
    except (struct.error, IndexError):
        raise ValueError("damaged") from None


def _reference(data: bytes, table: int, slot: int | None) -> int:
    """The place that a table (or, with `slot` None, the root) points to."""
    at = table if slot is None else table + _slot(data, table, slot)
    [offset] = struct.unpack_from("<I", data, at)
    return at + int(offset)


def _slot(data: bytes, table: int, number: int) -> int:
    """Where in its table a field stands, 0 where it is not said."""
    [back] = struct.unpack_from("<i", data, table)
    vtable = table - int(back)
    if vtable < 0:
        raise IndexError
    [size] = struct.unpack_from("<H", data, vtable)
    if 4 + 2 * number >= size:
        return 0
    [offset] = struct.unpack_from("<H", data, vtable + 4 + 2 * number)
    return int(offset)
