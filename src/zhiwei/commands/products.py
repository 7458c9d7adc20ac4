"""zhiwei check and zhiwei product: the shelf proves itself; two persons publish."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import Platform, open_platform, product_folders, shelf_folder
from zhiwei.commands.show import BAD_INPUT, Json, err, out, print_json, print_table
from zhiwei.shelf import check as check_folder
from zhiwei.shelf import read_folder
from zhiwei.values import Actor, BadInput, NotFound

app = typer.Typer(no_args_is_help=True, help="Products: list, propose, approve, export. 产品")
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


@app.command()
def export(
    product: Annotated[str, typer.Argument(help="The product's id.")],
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
) -> None:
    """Write the published version as a folder, byte for byte."""
    if folder.exists():
        raise BadInput("folder_exists", f"{folder} already exists", hint="name a new folder")
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        version = unit.products.published(product)
    if version is None:
        raise NotFound("product_not_published", f"no product {product!r} is published")
    for name, content in json.loads(version.content).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    out.print(f"{product} {version.hash[:12]} written to {folder}")


def _actor(platform: Platform, by: str | None) -> Actor:
    return replace(platform.actor, person=by) if by else platform.actor
