"""Update a checkout to a new version of the document; `update` reads from top to bottom."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import griffe
import httpx
from attrs import evolve, field, frozen
from openapi_python_client.strings import ClassName

from generator.client.generate import build
from generator.client.names import (
    OperationName,
    configured_names,
    configured_schemes,
    document_names,
)
from generator.errors import GeneratorError
from generator.spec import round_trip
from generator.spec.contract import contract_text
from generator.spec.files import contents, read_text
from generator.spec.operations import scheme_signature, security_schemes
from generator.spec.overlay_document import title
from generator.spec.read import Published, read_document, read_mapping, read_published
from generator.spec.validate import problems
from generator.spec.values import as_object
from generator.spec.write import serialize
from generator.update.align import aligned
from generator.update.changelog import last_release, with_changes
from generator.update.class_names import class_overrides
from generator.update.compare_operations import contract_changes
from generator.update.compare_package import api_changes, package
from generator.update.edit import config_with, overlay_for, overlay_without
from generator.update.fetch import fetch
from generator.update.obsolete import Review, is_wording, review
from generator.update.prune import prune
from generator.update.replace import check_clean, replace, scratch_folder
from generator.update.report import Effect, Verdict, bumped, plain
from generator.update.select import Found, find, renamed, unlisted
from generator.update.smoke_test import smoke_test

UPSTREAM, OVERLAY = "spec/upstream.yaml", "spec/overlay.yaml"
CONTRACT, CONFIG = "openapi.yaml", "generator-config.yaml"
CHANGELOG, GENERATED = "CHANGELOG.md", "generated"


@frozen
class Options:
    """The options of an update.

    Attributes:
        accept_breaking: Continue although the verdict is breaking.
        dry_run: Stop after the verdict, and change nothing.
        rename: Follow the document where it renames an operation.
        test: Smoke-test the new client before anything is replaced.
    """

    accept_breaking: bool = False
    dry_run: bool = False
    rename: bool = False
    test: bool = True


@frozen
class Outcome:
    """The result of an update.

    Attributes:
        verdict: The verdict.
        replaced: The files and folders that were replaced.
        refused: Why the update stopped at the verdict, or nothing.
    """

    verdict: Verdict
    replaced: list[str] = field(factory=list[str])
    refused: str = ""

    def __str__(self) -> str:
        replaced = f"Replaced: {', '.join(self.replaced)}." if self.replaced else ""
        return f"{plain(self.verdict)}\n{self.refused or replaced or 'Nothing was changed.'}"


def update(
    root: Path,
    source: str,
    options: Options | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> Outcome:
    """Update a checkout to a document.

    Args:
        root: The checkout.
        source: The path of a file, or an https URL.
        options: The options.
        transport: What sends the requests, for tests.

    Raises:
        GeneratorError: The document cannot be used, its client fails the smoke test, or files to
            replace have uncommitted changes. The checkout is unchanged.
    """
    options = options or Options()
    with scratch_folder(root) as new:
        published = read_published(fetch(source, transport=transport), source)
        old = _contract(root)
        wanted = configured_names(root / CONFIG) or document_names(old)
        found = find(published.data, wanted, old)
        removed = _make_contract(root, new, source, published, found)
        contract = _contract(new)
        names = _operation_names(found, contract, rename=options.rename)
        version = str(_settings(root)["package_version_override"])
        count = len(published.data["paths"])
        schemas = as_object(as_object(published.data.get("components")).get("schemas"))
        size = f"{count} path{'s' * (count != 1)}, {len(schemas)} schemas"
        verdict = Verdict(
            f"{source} ({published.form}, {size})",
            contract=contract_changes(old, contract, found),
            api=[],
            names=_renames(found, contract, old, names, rename=options.rename),
            unlisted=[] if configured_names(root / CONFIG) else unlisted(published.data, found),
            version=version,
            next_version=version,
        )
        if verdict.means_the_same and all(map(is_wording, removed)):
            # New words and another order alone are not worth a new version of the package.
            return Outcome(verdict)
        api = api_changes(package(_package(root)), _generate(root, new, contract, names))
        verdict = evolve(verdict, api=api, obsolete=list(map(title, removed)))
        verdict = evolve(verdict, next_version=_next_version(root, new, verdict))
        if options.dry_run:
            return Outcome(verdict)
        if verdict.effect is Effect.BREAKING and not options.accept_breaking:
            how = "ACCEPT_BREAKING=1 (--accept-breaking) accepts it"
            stop = f"Stopped: this breaks code that uses the client; {how}. Nothing was changed."
            return Outcome(verdict, refused=stop)
        changed = _finish(root, new, verdict)
        check_clean(root, changed)
        if options.test:
            smoke_test(new)
        replace(root, new, changed)
        return Outcome(verdict, changed)


def _contract(root: Path) -> dict[str, Any]:
    return read_document(read_text(root / CONTRACT), CONTRACT)


def _settings(root: Path) -> dict[str, Any]:
    return read_mapping(read_text(root / CONFIG), CONFIG)


def _package(root: Path) -> Path:
    name: str = _settings(root)["package_name_override"]
    return root / GENERATED / name


def _make_contract(
    root: Path, new: Path, source: str, published: Published, found: Sequence[Found]
) -> list[Any]:
    """Prune and correct the document; return the overlay actions that are obsolete.

    Raises:
        GeneratorError: Some overlay actions neither fit nor are obsolete. The error lists them all.
    """
    old = _contract(root)
    data = prune(published.data, found, old)
    upstream = published.text_of(data)
    if not upstream:
        before = read_document(read_text(root / UPSTREAM), UPSTREAM)
        upstream = serialize(aligned(data, before))
    moved = [place for place in found if place.moved]
    overlay = overlay_for(read_text(root / OVERLAY), _origin(source, published, found), moved)
    loaded = round_trip.load(overlay, "the overlay")
    reviewed = review(round_trip.load(upstream, "the upstream document"), loaded)
    removed = [loaded["actions"][index] for index in reviewed.obsolete]
    if reviewed.unmatched:
        heading = f"{len(reviewed.unmatched)} of {len(loaded['actions'])} overlay actions"
        raise GeneratorError(_unmatched(heading, reviewed, removed, found, old))
    if removed:
        overlay = overlay_without(overlay, reviewed.obsolete)
    (new / "spec").mkdir()
    for name, text in (
        (UPSTREAM, upstream),
        (OVERLAY, overlay),
        (CONTRACT, contract_text(reviewed.document, loaded["info"])),
    ):
        (new / name).write_bytes(text.encode())
    return removed


def _origin(source: str, published: Published, found: Sequence[Found]) -> str:
    """Where the upstream document is from, for the header of the contract."""
    name = re.sub(r"[?#].*", "", source)
    name = name if name.startswith("https://") else name.rpartition("/")[2]
    if published.form == "page":
        return f"the YAML block of {name}" + f" of {published.edition}" * bool(published.edition)
    return f"{', '.join(f'{place.method.upper()} {place.path}' for place in found)} of {name}"


def _unmatched(
    heading: str,
    reviewed: Review,
    removed: Sequence[Any],
    found: Sequence[Found],
    old: dict[str, Any],
) -> str:
    """Everything that a maintainer needs to correct the overlay."""
    faults: Sequence[object]
    changes: Sequence[object] = []
    try:
        document = read_document(round_trip.dump(reviewed.document))
        faults = problems(document)
        if not faults:
            changes = contract_changes(old, document, found)
    except (GeneratorError, LookupError) as error:
        faults = [error]
    sections: list[tuple[str, Sequence[object]]] = [
        (f"{heading} need a hand:", reviewed.unmatched),
        ("obsolete, because upstream has the correction:", list(map(title, removed))),
        ("without them, the document is not valid:", faults),
        ("without them, the contract changes:", changes),
    ]
    return "\n".join(
        "\n  - ".join([heading, *map(str, entries)]) for heading, entries in sections if entries
    )


def _operation_names(
    found: Sequence[Found], contract: dict[str, Any], *, rename: bool
) -> list[OperationName]:
    """The names of our operations from now on, with their new paths and methods."""
    own = {(one.path, one.method): one for one in document_names(contract)}
    return [
        own[place.path, place.method]
        if rename
        else evolve(place.operation, path=place.path, method=place.method)
        for place in found
    ]


def _renames(
    found: Sequence[Found],
    contract: dict[str, Any],
    old: dict[str, Any],
    names: Sequence[OperationName],
    *,
    rename: bool,
) -> list[str]:
    changes = list(renamed(found, contract, old))
    verb = "is now called" if rename else "keeps its name"
    return changes and [*changes, *(f"{one} {verb} client.{one.tag}.{one.name}" for one in names)]


def _generate(
    root: Path, new: Path, contract: dict[str, Any], names: Sequence[OperationName]
) -> griffe.Module:
    """Generate the package with the names of operations and classes that it has to keep."""
    config = read_text(root / CONFIG)
    if configured_names(root / CONFIG) or list(names) != document_names(contract):
        config = config_with(config, operations=names)
    config = config_with(config, schemes=_scheme_names(root, contract))
    old, made = package(_package(root)), _build(new, config)
    schemas = as_object(as_object(contract.get("components")).get("schemas"))
    named = as_object(_settings(root).get("class_overrides"))
    if named.keys() <= {str(ClassName(name, "field_")) for name in schemas} and not class_overrides(
        old, made
    ):
        return made
    try:
        # Without class overrides, so that a class has the name of its schema.
        natural = _build(new, config_with(config, class_overrides={}))
    except GeneratorError:
        return _build(new, config)  # two schemas get one name: the overrides stay
    return _build(new, config_with(config, class_overrides=class_overrides(old, natural)))


def _scheme_names(root: Path, contract: dict[str, Any]) -> dict[str, str]:
    """Our names of the security schemes that the document gives other names."""
    configured = configured_schemes(root / CONFIG)
    before, after = security_schemes(_contract(root)), security_schemes(contract)
    found: dict[str, str] = {}
    for name, scheme in before.items():
        same = [
            other
            for other in after.keys() - before.keys()
            if scheme_signature(after[other]) == scheme_signature(scheme)
        ]
        now = name if name in after else same[0] if len(same) == 1 else ""
        if now and now != configured.get(name, name):
            found[configured.get(name, name)] = now
    return found


def _build(new: Path, config: str) -> griffe.Module:
    (new / CONFIG).write_text(config, "utf-8")
    shutil.rmtree(new / GENERATED, ignore_errors=True)
    build(new / CONTRACT, new / CONFIG, new / GENERATED)
    return package(_package(new))


def _next_version(root: Path, new: Path, verdict: Verdict) -> str:
    """The version that the changes since the last release ask for, or the present one if higher."""
    if contents(root / GENERATED) == contents(new / GENERATED):
        return verdict.version
    base = last_release(read_text(root / CHANGELOG))
    if base is None:
        return verdict.version  # nobody has the version before the first release
    level = "patch" if verdict.level == "none" else verdict.level
    candidates = verdict.version, bumped(base, level)
    return max(candidates, key=lambda version: [int(part) for part in version.split(".")])


def _finish(root: Path, new: Path, verdict: Verdict) -> list[str]:
    """Write the version and the changelog; return the names of all that has changed."""
    if verdict.next_version != verdict.version:
        _build(new, config_with(read_text(new / CONFIG), version=verdict.next_version))
    changed = []
    if contents(root / GENERATED) != contents(new / GENERATED):
        changed = [GENERATED]
        changelog = read_text(root / CHANGELOG)
        if last_release(changelog):
            (new / CHANGELOG).write_text(with_changes(changelog, verdict), "utf-8")
            changed = [CHANGELOG, GENERATED]
    files = [
        name
        for name in (UPSTREAM, OVERLAY, CONTRACT, CONFIG)
        if (new / name).read_bytes() != (root / name).read_bytes()
    ]
    return [*files, *changed]
