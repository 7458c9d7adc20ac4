"""Valid files of every kind, made by the same makers as the tests: what mutations start from."""

import io
import json
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl

from zhiwei.bootstrap import shelf_folder
from zhiwei.borrower.reading.grid import grid_of
from zhiwei.borrower.reading.mapping import guess
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.sources import acquiring, meters, orders, procurement, tax
from zhiwei.borrower.sources.bank_flow import default_mapping
from zhiwei.shelf import load, read_folder
from zhiwei.shelf.exchange.jdm import product_graph
from zhiwei.shelf.exchange.workbook import product_workbook

TESTS = Path(__file__).parents[2] / "tests" / "unit"
SOURCES = TESTS / "borrower" / "sources"
CASE = "cases/corner_shop.toml"
Seed = tuple[str, bytes]  # name of the file, its bytes


@cache
def made_by(path: Path) -> ModuleType:
    """A module of tests, for its makers."""
    name = "fuzz_" + "_".join(path.with_suffix("").parts[-3:])
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def seeds(parser: str) -> list[Seed]:
    """Files that this parser reads without complaint."""
    return MADE[parser]() if parser in MADE else _forms(parser)


def _forms(name: str) -> list[Seed]:
    """One object, and lines; a table and a workbook where there is a mapping."""
    forms = made_by(SOURCES / "forms" / "test_fuzz.py")
    document = forms.GOOD[name][1]
    rows = next(part for part in document.values() if isinstance(part, list))
    lines = "\n".join(json.dumps({**document, **row}, ensure_ascii=False) for row in rows)
    found = [("f.json", _json(document)), ("f.ndjson", lines.encode())]
    return found + _both(forms.TABLES[name]) if name in forms.TABLES else found


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _both(row: dict[str, str]) -> list[Seed]:
    """A table of three rows as CSV and as a workbook."""
    rows = [list(row), *(list(row.values()) for _ in range(3))]
    return [("f.csv", "\n".join(map(",".join, rows)).encode("gb18030")), ("f.xlsx", workbook({"Sheet1": rows}))]


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _camt() -> list[Seed]:
    make = made_by(SOURCES / "bank_flow" / "test_camt.py")
    two = make.detail("60.00", "Dbtr", "A", "inv") + make.detail("40.00", "Dbtr", "B", "inv")
    one = make.document(
        make.statement(
            make.balance("OPBD", "100.00"), make.balance("CLBD", "180.00"),
            make.entry("100.00", "CRDT", f"<NtryDtls>{two}</NtryDtls>"),
            make.entry("20.00", "DBIT", "<RvslInd>true</RvslInd><AddtlNtryInf>rent</AddtlNtryInf>",
                       "<DtTm>2024-01-06T10:11:12+01:00</DtTm>"),
        )
    )  # fmt: skip
    report = one.replace(b"camt.053", b"camt.052").replace(b"Stmt>", b"Rpt>")
    return [("s.xml", one), ("s.xml", report), ("s.xml", one.decode().encode("utf-16"))]


def _mt940() -> list[Seed]:
    make = made_by(SOURCES / "bank_flow" / "test_mt940.py")
    plain = make.HEAD + make.TWO + make.FOOT
    return [("s.sta", plain.encode()), ("s.sta", f"{{1:F01X}}{{2:O940}}{{4:\r\n{plain}-}}".encode())]


def _bank_tables() -> list[Seed]:
    layouts = made_by(SOURCES / "bank_flow" / "layouts.py").LAYOUTS
    paged = made_by(TESTS / "borrower" / "reading" / "test_grid.py").PAGED
    rows = [line.split(",") for line in paged.splitlines()]
    return [
        *(("s.csv", content) for content, _ in layouts.values()), ("s.csv", paged.encode("gb18030")),
        ("s.xlsx", workbook({"流水": rows})), ("s.xlsx", workbook({"a": [["x"]], "b": rows})),
    ]  # fmt: skip


def _einvoices() -> list[Seed]:
    make = made_by(SOURCES / "einvoice" / "conftest.py")
    plain = make.einvoice([{}, {"amount": "-1.00"}], red_of="26537912570200055448", blue="N", remark="备注")
    every = make.ofd(plain, make.TAGS, make.PLACED, make.ITSELF)
    return [
        ("a.xml", plain), ("a.xml", make.body().encode("gb18030")), ("a.ofd", every),
        ("a.ofd", make.ofd(None, make.TAGS, make.PLACED)), ("a.ofd", make.ofd(None, None, make.PLACED, make.ITSELF)),
        ("a.zip", make.packed({"1.xml": plain, "2.ofd": every, "read me.txt": "x"})),
    ]  # fmt: skip


def _ubl() -> list[Seed]:
    make = made_by(SOURCES / "procurement" / "conftest.py")
    pack = made_by(SOURCES / "einvoice" / "conftest.py").packed
    made = {f"{kind}.xml": make.document(kind) for kind in make.SIDES}
    return [*made.items(), ("many.zip", pack(made))]


def _invoice_tables() -> list[Seed]:
    make = made_by(SOURCES / "invoice_table" / "test_invoice_table.py")
    content = make.table({}, {"金额": "-100.00", "税额": "-6.00", "价税合计": "-106.00", "是否正数发票": "否"}, {})
    rows = [line.split(",") for line in content.decode().splitlines()]
    return [
        ("a.csv", content), ("a.csv", content.decode().encode("gb18030")),
        ("a.xlsx", workbook({"发票基础信息": rows, "信息汇总表": rows})),
    ]  # fmt: skip


def _taxes() -> list[Seed]:
    make = made_by(SOURCES / "tax" / "test_tax.py")
    whole = make.document(
        [make.RETURN, make.RETURN | {"tax": "企业所得税", "period": "2025Q2"}],
        [{"year": 2025, "rating": "B", "published_on": "2026-04-20"}], taxpayer_kind="small", arrears_balance="0",
        violations=[{"registered_on": "2024-05-06", "status": "已处理"}],
    )  # fmt: skip
    return [("a.json", whole), ("a.csv", make.TABLE.encode()), ("a.xlsx", make.BOOK)]


def _bank_files() -> list[Seed]:
    make = made_by(TESTS / "adapters" / "test_bankfile.py")
    return [("bank.csv", make.ENGLISH.encode()), ("bank.csv", make.CHINESE.encode("gb18030"))]


def _mappings() -> list[Seed]:
    texts = [default_mapping().to_toml(), made_by(TESTS / "borrower" / "reading" / "test_mapping.py").SIGNED]
    for source in (acquiring, meters, orders, procurement, tax):
        folder = Path(str(source.__file__)).parent
        texts += [path.read_text("utf-8") for path in sorted(folder.glob("mapping*.toml"))]
    return [("mapping.toml", text.encode()) for text in texts]


def _tables_of_any_kind() -> list[Seed]:
    """A mapping and a table that it fits, one file: two lines of === between them."""
    found = []
    for name, content in _bank_tables()[:2]:
        found.append((name, guess(grid_of(content, name), "bank_flow").to_toml().encode() + SPLIT + content))
    mapping = made_by(TESTS / "borrower" / "reading" / "test_mapping.py")
    found.append(("t.csv", mapping.SIGNED.encode() + SPLIT + mapping.TABLE.encode()))
    for kind, about in KINDS.items():
        names = about.schema.names[1:]
        columns = "\n".join(f'{name} = "{name}"' for name in names)
        row = ["2024-03-01" if name in (about.day, "issue_date", "filed_on") else "1" for name in names]
        table = "\n".join([",".join(names), ",".join(row), ",".join(row)])
        found.append(("t.csv", f'kind = "{kind}"\n[columns]\n{columns}\n'.encode() + SPLIT + table.encode()))
    return found


SPLIT = b"\n===\n===\n"


def _cumcm() -> list[Seed]:
    make = made_by(SOURCES / "conftest.py")
    sales = [make.SOLD, make.invoice(), make.invoice("E2", 7, amount=100, tax=6, total=106)]
    bought = [make.BOUGHT, make.invoice(status="作废发票")]
    return [("附件1.xlsx", workbook({"企业信息": make.FIRMS, "进项发票信息": bought, "销项发票信息": sales}))]


def _demand() -> list[Seed]:
    rows: list[list[Any]] = [["贷款年利率", "客户流失率"], ["", "信誉评级A", "信誉评级B", "信誉评级C"]]
    rows += [[0.04 + 0.01 * step, 0.1 * step, 0.1 * step, 0.1 * step] for step in range(5)]
    return [("附件3.xlsx", workbook({"Sheet1": rows}))]


def _graph() -> list[Seed]:
    """The shipped product as a JDM graph."""
    files = read_folder(shelf_folder() / "tax_credit")
    product, _ = load(files)
    assert product is not None
    return [("p.json", json.dumps(product_graph(product, files, product.since), ensure_ascii=False).encode())]


def _book() -> list[Seed]:
    return [("p.xlsx", product_workbook(read_folder(shelf_folder() / "tax_credit")))]


def _party_files() -> list[Seed]:
    text = (
        "name,kind,party,since,source,roles,region,industry,opened_on,staff,revenue,mobile,uscc\n"
        "某甲商行,individual_business,P1,2024-03-01,visit,borrower;guarantor,330106,F52,2019-01-01,3,100000.00,"
        "13800138000,\n某乙公司,company,,,,,,,,,,,91110108551385082Q\n"
    )
    return [("parties.csv", text.encode())]


def _product() -> list[Seed]:
    """Each text file of the shipped product; the parser puts the others around it."""
    return [
        (name, text.encode())
        for name, text in read_folder(shelf_folder() / "tax_credit").items()
        if not name.startswith("cases/") or name == CASE
    ]


MADE: dict[str, Callable[[], list[Seed]]] = {
    "camt": _camt, "mt940": _mt940, "bank_table": _bank_tables, "einvoice": _einvoices, "ubl": _ubl,
    "invoice_table": _invoice_tables, "tax": _taxes, "bank_file": _bank_files, "mapping": _mappings,
    "mapped": _tables_of_any_kind, "cumcm2020c": _cumcm, "demand": _demand, "product": _product,
    "product_graph": _graph, "product_book": _book, "party_file": _party_files,
}  # fmt: skip
