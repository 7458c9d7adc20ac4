"""zhiwei new: folders to start from, for those who add something to Zhiwei."""

from pathlib import Path
from typing import Annotated

import typer

from zhiwei.commands.show import Json, out, print_json

app = typer.Typer(no_args_is_help=True, help="Start something new from a template. 新建")


@app.callback()
def start() -> None:
    """Start something new from a template. 新建"""


@app.command()
def source(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source's folder, e.g. till_feed.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="Kind of record it gives, e.g. bank_flow.")],
    zh: Annotated[str, typer.Option(metavar="TEXT", help="What it is called in Chinese; default the kind.")] = "",
    en: Annotated[str, typer.Option(metavar="TEXT", help="What it is called in English; default the kind.")] = "",
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where its folder is made.")] = Path(),
    as_json: Json = False,
) -> None:
    """Write the folder of a new source of records, with tests that pass. 新建数据源

    It has a reader of tables (CSV, TSV, xlsx), the mapping of their columns to mend, a README and its tests.
    """
    from zhiwei.commands.new.folder import written

    folder, package = written(name, kind, (zh, en), to)
    files = sorted(path.name for path in folder.iterdir())
    if as_json:
        print_json({"folder": str(folder), "package": package, "files": files})
        return
    out.print(f"{folder}: {', '.join(files)} 已新建", markup=False)
    out.print(f"its tests: python -m pytest {folder}", markup=False)
    if package.startswith("zhiwei."):
        out.print(f"in Zhiwei itself, tests live apart: move test_{name}.py to tests/unit/borrower/sources/{name}/")
