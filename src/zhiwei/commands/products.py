"""zhiwei check and zhiwei product: the shelf proves itself; two persons publish."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import Platform, open_platform, product_folders, shelf_folder
from zhiwei.commands.show import BAD_INPUT, Json, day, err, out, print_json, print_table
from zhiwei.shelf import check as check_folder
from zhiwei.shelf import load, product_from_graph, product_graph, read_folder
from zhiwei.tables import Problem
from zhiwei.values import Actor, BadInput, NotFound, digest

app = typer.Typer(no_args_is_help=True, help="Products: list, propose, approve, export. 产品")
LARGEST_FILE = 2**24  # bytes of a graph or a workbook: a product is read by people
By = Annotated[str | None, typer.Option("--by", help="Who acts; default $ZHIWEI_PERSON or the system's user.")]


def check(
    folders: Annotated[list[Path] | None, typer.Argument(help="Product folders; default the shipped shelf.")] = None,
    as_json: Json = False,
) -> None:
    """Check product folders and run their golden cases; what is wrong is named by file, line and column. 检查产品

    Exit code 2 where anything is wrong.
    """
    chosen = folders or product_folders(shelf_folder())
    wrong = 0
    for folder in chosen:
        product, problems = check_folder(read_folder(folder))
        wrong += len(problems)
        for problem in problems:
            if as_json:
                fields = {name: getattr(problem, name) for name in problem.__slots__}
                print_json({**fields, "file": f"{folder.name}/{problem.file}"})
            else:
                err.print(f"{folder.name}/{problem}", markup=False)
        if product and not as_json:
            out.print(f"{product.product_id} {product.version}: ok, {len(product.cases)} cases, {product.hash[:12]}")
    if wrong:
        raise typer.Exit(BAD_INPUT)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Versions known to this tenant."""
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        versions = unit.products.versions()
    if as_json:
        for v in versions:
            print_json(
                {
                    "product": v.product_id,
                    "hash": v.hash,
                    "state": v.state,
                    "proposed_by": v.proposed_by,
                    "approved_by": v.approved_by,
                }
            )
        return
    rows = [[v.product_id, v.hash[:12], v.state, v.proposed_by, v.approved_by or "-"] for v in versions]
    print_table("Products 产品", ["product", "hash", "state", "proposed by", "approved by"], rows)


@app.command()
def propose(folder: Annotated[Path, typer.Argument(help="The product folder.")], by: By = None) -> None:
    """Check a folder and propose it; another person approves."""
    with open_platform() as platform:
        actor = _actor(platform, by)
        version = journeys.propose(books=platform, by=actor, files=read_folder(folder))
    out.print(f"{version.product_id} {version.hash[:12]}: {version.state}, proposed by {version.proposed_by}")


@app.command()
def approve(
    product: Annotated[str, typer.Argument(help="The product's id.")],
    hash_prefix: Annotated[str, typer.Argument(help="First characters of the proposal's hash.", metavar="HASH")],
    by: By = None,
) -> None:
    """Approve a proposal of someone else and publish it."""
    with open_platform() as platform:
        actor = _actor(platform, by)
        version = journeys.approve(books=platform, by=actor, product=product, hash_prefix=hash_prefix)
    out.print(f"{version.product_id} {version.hash[:12]}: published, approved by {version.approved_by}")


Format = Annotated[str | None, typer.Option("--format", help="folder, jdm or xlsx; default by the name of FILE.")]


@app.command()
def export(
    product: Annotated[str, typer.Argument(help="The product's id, or a product folder.")],
    file: Annotated[Path, typer.Argument(help="A folder or file that does not exist yet.")],
    as_format: Format = None,
    on: Annotated[str | None, typer.Option(help="jdm: the day whose parameters it holds; default today.")] = None,
) -> None:
    """Write the published version as a folder (byte for byte), as a JDM graph or as a workbook. 导出产品"""
    chosen = _format(as_format, file)
    if file.exists():
        raise BadInput("folder_exists", f"{file} already exists", hint="name a new one")
    files, today = _product_files(product)
    if chosen == "folder":
        _write(file, files)
    elif chosen == "xlsx":
        from zhiwei.shelf.exchange.workbook import product_workbook

        file.write_bytes(product_workbook(files))
    else:
        loaded, problems = load(files)
        if loaded is None:
            raise BadInput("product_not_sound", "; ".join(map(str, problems[:10])), hint="see `zhiwei check`")
        graph = product_graph(loaded, files, day(on) if on else today)
        file.write_text(json.dumps(graph, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    out.print(f"{product} {digest(files)[:12]} written to {file}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="What `product export` wrote: a folder, a .json or an .xlsx.")],
    folder: Annotated[Path, typer.Argument(help="A product folder that does not exist yet.")],
    as_format: Format = None,
) -> None:
    """Make a product folder from an exported one, edited or not; what is wrong is named with its place. 导入产品

    Exit code 2 where anything is wrong; nothing is written then.
    """
    chosen = _format(as_format, file)
    if folder.exists():
        raise BadInput("folder_exists", f"{folder} already exists", hint="name a new one")
    if not file.exists():
        raise BadInput("no_such_file", f"there is no {file}")
    problems: list[Problem] = []
    if chosen == "folder":
        files = read_folder(file)
    elif file.stat().st_size > LARGEST_FILE:
        raise BadInput("file_too_large", f"{file} is larger than {LARGEST_FILE:,} bytes")
    elif chosen == "xlsx":
        from zhiwei.shelf.exchange.workbook import product_from_workbook

        files = product_from_workbook(file.name, file.read_bytes(), problems)
    else:
        try:
            files = product_from_graph(file.name, file.read_text("utf-8-sig"), problems)
        except UnicodeDecodeError:
            raise BadInput("not_utf8", f"{file} is not UTF-8", hint="save it as UTF-8") from None
    if not problems:
        problems = load(files)[1]
    for problem in problems:
        err.print(str(problem), markup=False)
    if problems:
        raise typer.Exit(BAD_INPUT)
    _write(folder, files)
    out.print(f"{len(files)} files written to {folder}; zhiwei check {folder} runs their cases")


def _format(chosen: str | None, file: Path) -> str:
    known = {".json": "jdm", ".xlsx": "xlsx", "": "folder"}
    found = chosen or known.get(file.suffix, "folder")
    if found not in known.values():
        raise BadInput("unknown_format", f"no format {found!r}", hint="folder, jdm or xlsx")
    return found


def _product_files(product: str) -> tuple[dict[str, str], date]:
    """Those of a folder, or of the version that is published; and today."""
    with open_platform() as platform:
        if (Path(product) / "product.toml").is_file():
            return read_folder(Path(product)), platform.today()
        with platform.unit(platform.actor.tenant) as unit:
            version = unit.products.published(product)
        if version is None:
            raise NotFound("product_not_published", f"no product {product!r} is published")
        return json.loads(version.content), platform.today()


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def _actor(platform: Platform, by: str | None) -> Actor:
    return replace(platform.actor, person=by) if by else platform.actor
