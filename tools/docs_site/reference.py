"""The reference: pages of names, to which mkdocstrings adds the docstrings."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path


def pages(generated: Path) -> dict[str, str]:
    """The Markdown of each page of the reference, by file name."""
    [package] = [path.parent for path in generated.glob("*/client.py")]
    name = package.name
    members = sorted(public(package / "client.py"), key=lambda member: member != "Client")
    tags = [path.parent.name for path in package.glob("api/*/_namespace.py")]
    return {
        "client.md": page(
            "The client",
            "The arguments of `Client`, and its methods beside the operations.",
            {"": [f"{name}.client.{member}" for member in members]},
            # Most methods are in a private base class. Operations have a page of their own.
            {"inherited_members": True, "filters": ["!^_", *hidden(tags)]},
        ),
        "operations.md": page(
            "Operations",
            "The methods of the client, by tag, and the functions behind them.",
            operations(package),
            # What the functions share with the client is private.
            {"filters": ["!^_", *hidden(["OPERATION", "arguments"])]},
        ),
        "models.md": page(
            "Models",
            "attrs classes for the bodies. All of them have `from_dict` and `to_dict`. "
            "`records` makes dicts of several, for a data frame or a file.",
            {
                "": [
                    f"{name}.models.{model}" for model in public(package / "models" / "__init__.py")
                ],
                "Records": [f"{name}.records"],
            },
            # The private methods of models are for the client only.
            {"filters": ["!^_"], "show_bases": False},
        ),
        # Users catch errors, and do not create them.
        "errors.md": page("Errors", "", {"": [f"{name}.errors"]}, {"merge_init_into_class": False}),
        "types.md": page("Types", "", {"": [f"{name}.types"]}),
    }


def page(
    title: str,
    introduction: str,
    sections: dict[str, list[str]],
    options: Mapping[str, object] | None = None,
) -> str:
    """A page of names in sections, with options for mkdocstrings."""
    lines_of_options = [
        f"        {key}: {json.dumps(value)}" for key, value in (options or {}).items()
    ]
    block = "\n".join(["", "    options:", *lines_of_options]) if options else ""
    lines = [f"# {title}", introduction]
    for heading, names in sections.items():
        lines += [f"## {heading}"] if heading else []
        lines += [f"::: {name}{block}" for name in names]
    return "\n\n".join(line for line in lines if line) + "\n"


def hidden(names: list[str]) -> list[str]:
    """Filters that leave out these names."""
    return [f"!^{name}$" for name in names]


def private(html: str, package: Path) -> list[str]:
    """The names in private modules that the text of a page shows."""
    modules = "|".join(path.stem.strip("_") for path in package.glob("_[a-z]*.py"))
    text = re.sub(r"<script.*?</script>|<[^>]*>", "", html, flags=re.DOTALL)
    return sorted(set(re.findall(rf"(?<![\w./])_?(?:{modules})\.[A-Za-z]\w*", text)))


def operations(package: Path) -> dict[str, list[str]]:
    """The namespace of each tag and the module of each operation."""
    sections: dict[str, list[str]] = {}
    for namespace in sorted((package / "api").glob("*/_namespace.py")):
        tag = namespace.parent
        dotted = f"{package.name}.api.{tag.name}"
        sections[f"client.{tag.name}"] = [
            f"{dotted}._namespace.{name}" for name in public(namespace)
        ]
        for module in sorted(tag.glob("[!_]*.py")):
            sections[f"{dotted}.{module.stem}"] = [f"{dotted}.{module.stem}"]
    return sections


def public(module: Path) -> list[str]:
    """The names that a module exports."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise ValueError(f"{module} has no __all__")
