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
    KEY,
    SCHEMES_KEY,
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
from generator.update.obsolete import is_wording, review
from generator.update.prune import prune
from generator.update.replace import check_clean, replace, scratch_folder
from generator.update.report import Effect, Verdict, bumped, plain
from generator.update.select import Found, find, renamed, unlisted
from generator.update.smoke_test import smoke_test

UPSTREAM, OVERLAY = "spec/upstream.yaml", "spec/overlay.yaml"
CONTRACT, CONFIG = "openapi.yaml", "generator-config.yaml"
CHANGELOG, GENERATED = "CHANGELOG.md", "generated"
_OVERRIDES, _VERSION = "class_overrides", "package_version_override"


@frozen
class Options:
    """What an update may do.

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
    """The verdict, the files and folders that were replaced, and why the update stopped, if so."""

    verdict: Verdict
    replaced: list[str] = field(factory=list[str])
    refused: str = ""

    def __str__(self) -> str:
        replaced = f"Replaced: {', '.join(self.replaced)}." if self.replaced else ""
        return f"{plain(self.verdict)}\n{self.refused or replaced or 'Nothing was changed.'}"


class _Chain:
    """The files of a checkout, or of the scratch folder where the new ones are made."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> str:
        return read_text(self.root / name)

    @property
    def contract(self) -> dict[str, Any]:
        return read_document(self.read(CONTRACT), CONTRACT)

    @property
    def names(self) -> list[OperationName]:
        return configured_names(self.root / CONFIG)

    @property
    def settings(self) -> dict[str, Any]:
        return read_mapping(self.read(CONFIG), CONFIG)

    @property
    def package(self) -> griffe.Module:
        return package(self.root / GENERATED / str(self.settings["package_name_override"]))

    def build(self, config: str) -> griffe.Module:
        """Generate the package anew."""
        (self.root / CONFIG).write_text(config, "utf-8")
        shutil.rmtree(self.root / GENERATED, ignore_errors=True)
        build(self.root / CONTRACT, self.root / CONFIG, self.root / GENERATED)
        return self.package


def update(
    root: Path,
    source: str,
    options: Options | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> Outcome:
    """Update a checkout to the document in a file or at an https URL.

    Raises:
        GeneratorError: The document cannot be used, its client fails the smoke test, or files to
            replace have uncommitted changes. The checkout is unchanged.
    """
    options = options or Options()
    with scratch_folder(root) as folder:
        here, new = _Chain(root), _Chain(folder)
        published = read_published(fetch(source, transport=transport), source)
        old = here.contract
        found = find(published.data, here.names or document_names(old), old)
        removed = _make_contract(here, new, source, published, found)
        contract = new.contract
        names, renames = _names(found, contract, old, rename=options.rename)
        version = str(here.settings[_VERSION])
        verdict = Verdict(
            _described(source, published),
            contract=contract_changes(old, contract, found),
            api=[],
            names=renames,
            unlisted=[] if here.names else unlisted(published.data, found),
            version=version,
            next_version=version,
        )
        if verdict.means_the_same and all(map(is_wording, removed)):
            # New words and another order alone are not worth a new version of the package.
            return Outcome(verdict)
        api = api_changes(here.package, _generate(here, new, names))
        verdict = evolve(verdict, api=api, obsolete=list(map(title, removed)))
        verdict = evolve(verdict, next_version=_next_version(here, new, verdict))
        if options.dry_run:
            return Outcome(verdict)
        if verdict.effect is Effect.BREAKING and not options.accept_breaking:
            how = "ACCEPT_BREAKING=1 (--accept-breaking) accepts it"
            stop = f"Stopped: this breaks code that uses the client; {how}. Nothing was changed."
            return Outcome(verdict, refused=stop)
        changed = _finish(here, new, verdict)
        check_clean(root, changed)
        if options.test:
            smoke_test(folder)
        replace(root, folder, changed)
        return Outcome(verdict, changed)


def _described(source: str, published: Published) -> str:
    count = len(published.data["paths"])
    schemas = as_object(as_object(published.data.get("components")).get("schemas"))
    size = f"{count} path{'s' * (count != 1)}, {len(schemas)} schemas"
    return f"{source} ({published.form}, {size})"


def _make_contract(
    here: _Chain, new: _Chain, source: str, published: Published, found: Sequence[Found]
) -> list[Any]:
    """Prune and correct the document; return the overlay actions that are obsolete.

    Raises:
        GeneratorError: Some overlay actions neither fit nor are obsolete. The error lists them all.
    """
    old = here.contract
    data = prune(published.data, found, old)
    upstream = published.text_of(data)
    if not upstream:
        upstream = serialize(aligned(data, read_document(here.read(UPSTREAM), UPSTREAM)))
    moved = [place for place in found if place.moved]
    overlay = overlay_for(here.read(OVERLAY), _origin(source, published, found), moved)
    loaded = round_trip.load(overlay, "the overlay")
    reviewed = review(round_trip.load(upstream, "the upstream document"), loaded)
    removed = [loaded["actions"][index] for index in reviewed.obsolete]
    if reviewed.unmatched:
        sections = {
            f"{len(reviewed.unmatched)} of {len(loaded['actions'])} overlay actions need a hand:": (
                reviewed.unmatched
            ),
            "obsolete, because upstream has the correction:": list(map(title, removed)),
        } | _without_corrections(reviewed.document, found, old)
        raise GeneratorError(
            "\n".join(
                "\n  - ".join([key, *entries]) for key, entries in sections.items() if entries
            )
        )
    if removed:
        overlay = overlay_without(overlay, reviewed.obsolete)
    (new.root / "spec").mkdir()
    contract = contract_text(reviewed.document, loaded["info"])
    for name, text in {UPSTREAM: upstream, OVERLAY: overlay, CONTRACT: contract}.items():
        (new.root / name).write_bytes(text.encode())
    return removed


def _origin(source: str, published: Published, found: Sequence[Found]) -> str:
    """Where the upstream document is from, for the header of the contract."""
    name = re.sub(r"[?#].*", "", source)
    name = name if name.startswith("https://") else name.rpartition("/")[2]
    if published.form == "page":
        return f"the YAML block of {name}" + f" of {published.edition}" * bool(published.edition)
    return f"{', '.join(f'{place.method.upper()} {place.path}' for place in found)} of {name}"


def _without_corrections(
    corrected: Any, found: Sequence[Found], old: dict[str, Any]
) -> dict[str, list[str]]:
    """What is wrong with a document, or else changes, without the unmatched overlay actions."""
    try:
        document = read_document(round_trip.dump(corrected))
        faults = list(map(str, problems(document)))
        changes = [] if faults else list(map(str, contract_changes(old, document, found)))
    except (GeneratorError, LookupError) as error:
        faults, changes = [str(error)], []
    return {
        "without them, the document is not valid:": faults,
        "without them, the contract changes:": changes,
    }


def _names(
    found: Sequence[Found], contract: dict[str, Any], old: dict[str, Any], *, rename: bool
) -> tuple[list[OperationName], list[str]]:
    """The names of our operations from now on, and what changes in them, in words."""
    own = {(one.path, one.method): one for one in document_names(contract)}
    names = [
        own[place.path, place.method]
        if rename
        else evolve(place.operation, path=place.path, method=place.method)
        for place in found
    ]
    changes = list(renamed(found, contract, old))
    verb = "is now called" if rename else "keeps its name"
    kept = [f"{one} {verb} client.{one.tag}.{one.name}" for one in names]
    return names, changes and [*changes, *kept]


def _generate(here: _Chain, new: _Chain, names: Sequence[OperationName]) -> griffe.Module:
    """Generate the package with the names of operations and classes that it has to keep."""
    contract, old = new.contract, here.package
    settings: dict[str, Any] = {SCHEMES_KEY: _scheme_names(here, contract)}
    if here.names or list(names) != document_names(contract):
        settings[KEY] = {one.path: {} for one in names}
        for one in names:
            settings[KEY][one.path][one.method] = f"{one.tag}.{one.name}"
    config = config_with(here.read(CONFIG), settings)
    made = new.build(config)
    schemas = as_object(as_object(contract.get("components")).get("schemas"))
    overridden = as_object(here.settings.get(_OVERRIDES)).keys()
    is_needed = overridden <= {str(ClassName(name, "field_")) for name in schemas}
    if is_needed and not class_overrides(old, made):
        return made
    # Without class overrides, a class has the name of its schema.
    natural = new.build(config_with(config, {_OVERRIDES: {}}))
    return new.build(config_with(config, {_OVERRIDES: class_overrides(old, natural)}))


def _scheme_names(here: _Chain, contract: dict[str, Any]) -> dict[str, str]:
    """Our names of the security schemes that the document gives other names."""
    configured = configured_schemes(here.root / CONFIG)
    before, after = security_schemes(here.contract), security_schemes(contract)
    now = {name: name for name in before if name in after}
    for name in (name for name in before if name not in after):
        signature = scheme_signature(before[name])
        new = after.keys() - before.keys()
        same = [other for other in new if scheme_signature(after[other]) == signature]
        now |= {name: same[0]} if len(same) == 1 else {}
    kept = {configured.get(name, name): other for name, other in now.items()}
    return {name: other for name, other in kept.items() if name != other}


def _next_version(here: _Chain, new: _Chain, verdict: Verdict) -> str:
    """The version that the changes since the last release ask for, or the present one if higher."""
    base = last_release(here.read(CHANGELOG))
    if base is None or contents(here.root / GENERATED) == contents(new.root / GENERATED):
        return verdict.version  # nobody has the version before the first release
    due = bumped(base, "patch" if verdict.level == "none" else verdict.level)
    return max(verdict.version, due, key=lambda text: list(map(int, text.split("."))))


def _finish(here: _Chain, new: _Chain, verdict: Verdict) -> list[str]:
    """Write the version and the changelog; return the names of all that has changed."""
    if verdict.next_version != verdict.version:
        new.build(config_with(new.read(CONFIG), {_VERSION: verdict.next_version}))
    files = [UPSTREAM, OVERLAY, CONTRACT, CONFIG]
    changed = [name for name in files if new.read(name) != here.read(name)]
    if contents(here.root / GENERATED) == contents(new.root / GENERATED):
        return changed
    if last_release(here.read(CHANGELOG)):
        text = with_changes(here.read(CHANGELOG), verdict)
        (new.root / CHANGELOG).write_text(text, "utf-8")
        changed.append(CHANGELOG)
    return [*changed, GENERATED]
