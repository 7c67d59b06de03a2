"""Take in a new version of the document: fetch, cut, mend, compare, regenerate, test, replace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen
from openapi_python_client.strings import ClassName

from generator.client import names
from generator.client.generate import build
from generator.errors import GeneratorError
from generator.spec import round_trip
from generator.spec.contract import contract_text
from generator.spec.files import read_text
from generator.spec.overlay_document import title
from generator.spec.read import Published, read_document, read_mapping, read_published
from generator.spec.validate import problems
from generator.spec.write import serialize
from generator.update import edit as sources
from generator.update import report as verdicts
from generator.update import select as slices
from generator.update.align import aligned
from generator.update.class_names import overrides
from generator.update.compare_contract import contract_changes
from generator.update.compare_package import api_changes, package
from generator.update.fetch import fetch
from generator.update.obsolete import Review, is_wording, review
from generator.update.replace import replace, workspace
from generator.update.report import Change, Effect, Verdict
from generator.update.smoke_test import trial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    import griffe
    import httpx

    from generator.client.names import Pin
    from generator.update.select import Found

UPSTREAM, OVERLAY = "spec/upstream.yaml", "spec/overlay.yaml"
CONTRACT, CONFIG = "openapi.yaml", "generator-config.yaml"
CHANGELOG, GENERATED = "CHANGELOG.md", "generated"


@frozen
class Options:
    """How an update is to be done.

    Attributes:
        accept_breaking: Go on where the verdict is breaking.
        dry_run: Come to the verdict, and change nothing.
        rename: Follow the document where it calls an operation otherwise.
        test: Test the new client before anything is replaced.
    """

    accept_breaking: bool = False
    dry_run: bool = False
    rename: bool = False
    test: bool = True


@frozen
class Outcome:
    """What came of an update.

    Attributes:
        verdict: The verdict.
        replaced: The files and folders that were replaced.
        refused: Why the update stopped at the verdict, or nothing.
    """

    verdict: Verdict
    replaced: list[str] = field(factory=list[str])
    refused: str = ""

    def __str__(self) -> str:
        lines = [verdicts.markdown(self.verdict)]
        if self.refused:
            lines.append(self.refused)
        elif self.replaced:
            lines.append(f"Replaced: {', '.join(self.replaced)}.")
        else:
            lines.append("Nothing was changed.")
        return "\n".join(lines)


@frozen
class _Contract:
    """The first half of the chain for a new document, as texts."""

    upstream: str
    overlay: str
    contract: str
    needless: list[str]
    only_wording: bool


def update(
    root: Path,
    source: str,
    options: Options | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> Outcome:
    """Take a document into a checkout.

    Args:
        root: The checkout.
        source: The path of a file, or an https URL.
        options: How to do it.
        transport: What sends the requests, for tests.

    Raises:
        GeneratorError: The document cannot be taken in, or the client that would come of it fails
            its tests. The checkout is as it was.
    """
    options = options or Options()
    with workspace(root) as new:
        intake = read_published(fetch(source, transport=transport), source)
        return _update(root, new, source, intake, options)


def _update(root: Path, new: Path, source: str, intake: Published, options: Options) -> Outcome:
    old_contract = read_document(read_text(root / CONTRACT), CONTRACT)
    old_upstream = read_document(read_text(root / UPSTREAM), UPSTREAM)
    wanted = names.pins(root / CONFIG) or names.own_pins(old_contract)
    found = slices.find(intake.data, wanted, old_contract)
    made = _contract(root, source, intake, found, old_upstream, old_contract)
    version = str(read_mapping(read_text(root / CONFIG), CONFIG)["package_version_override"])
    contract = read_document(made.contract, CONTRACT)
    pins = _pins(found, contract, rename=options.rename)
    told = Verdict(
        source=f"{source} ({intake.form}, {_count(intake.data)})",
        contract=contract_changes(old_contract, contract, found),
        api=[],
        names=_names(found, contract, old_contract, pins, rename=options.rename),
        needless=made.needless,
        version=version,
        next_version=version,
    )
    if told.means_the_same and made.only_wording:
        # Its words and its order would change the contract's text, and the docstrings, for nothing.
        return Outcome(evolve(told, needless=[]))
    (new / "spec").mkdir()
    (new / UPSTREAM).write_bytes(made.upstream.encode())
    (new / OVERLAY).write_bytes(made.overlay.encode())
    (new / CONTRACT).write_bytes(made.contract.encode())
    told = _generate(root, new, told, pins)
    if told.effect is Effect.BREAKING and not options.accept_breaking:
        how = "ACCEPT_BREAKING=1 (--accept-breaking) takes it in"
        stop = f"Stopped: this breaks code that uses the client; {how}. Nothing was changed."
        return Outcome(told, refused="" if options.dry_run else stop)
    if options.dry_run:
        return Outcome(told)
    _set_version(new, told.next_version)
    if options.test:
        trial(new)
    return Outcome(told, _replace(root, new, told))


def _contract(
    root: Path,
    source: str,
    intake: Published,
    found: Sequence[Found],
    old_upstream: dict[str, Any],
    old_contract: dict[str, Any],
) -> _Contract:
    """Cut and mend the document.

    Raises:
        GeneratorError: An overlay action needs a hand; all that do are named, with what else is
            known.
    """
    data = slices.cut(intake.data, found, old_contract)
    upstream = _as_published(intake, data) or serialize(aligned(data, old_upstream))
    text = read_text(root / OVERLAY)
    moved = [place for place in found if place.moved]
    overlay = sources.overlay_of(text, _origin(source, intake, found), moved)
    actions = round_trip.load(overlay, "the overlay")
    sifted = review(round_trip.load(upstream, "the upstream document"), actions)
    needless = [title(actions["actions"][index]) for index in sifted.obsolete]
    if sifted.unmatched:
        count = len(actions["actions"])
        raise GeneratorError(_by_hand(sifted, needless, found, old_contract, count))
    overlay = sources.overlay_without(overlay, sifted.obsolete) if needless else overlay
    gone = [actions["actions"][index] for index in sifted.obsolete]
    only_wording = all(map(is_wording, gone))
    contract = contract_text(sifted.document, actions["info"])
    return _Contract(upstream, overlay, contract, needless, only_wording)


def _as_published(intake: Published, data: dict[str, Any]) -> str:
    """The text of a document that is kept byte for byte: it holds what we need and no more."""
    if not intake.text or intake.data != data:
        return ""
    try:
        return intake.text if read_document(intake.text) == data else ""
    except GeneratorError:
        return ""  # YAML that the chain would not read, such as one with aliases


def _origin(source: str, intake: Published, found: Sequence[Found]) -> str:
    """What the header of the contract says of where it comes from."""
    name = re.sub(r"[?#].*", "", source)
    name = name if name.startswith("https://") else name.rpartition("/")[2]
    if intake.form == "page":
        return f"the YAML block of {name}" + (f" of {intake.edition}" * bool(intake.edition))
    return f"{', '.join(f'{f.method.upper()} {f.path}' for f in found)} of {name}"


def _by_hand(
    sifted: Review,
    needless: Sequence[str],
    found: Sequence[Found],
    old_contract: dict[str, Any],
    count: int,
) -> str:
    """Everything that needs a hand, and what can be told of the rest."""
    lines = [f"{len(sifted.unmatched)} of {count} overlay actions need a hand:"]
    lines += [f"  - {misfit}" for misfit in sifted.unmatched]
    if needless:
        lines += ["needless, because upstream has the correction:"]
        lines += [f"  - {title}" for title in needless]
    try:
        document = read_document(round_trip.dump(sifted.document))
        faults = problems(document)
        changes: list[Change] = [] if faults else contract_changes(old_contract, document, found)
    except (GeneratorError, LookupError) as error:
        faults, changes = [str(error)], []
    if faults:
        lines += ["without them, the document is not valid:"]
        lines += [f"  - {fault}" for fault in faults]
    if changes:
        lines += ["without them, the contract changes so:"]
        lines += [f"  - {change}" for change in changes]
    return "\n".join(lines)


def _count(document: dict[str, Any]) -> str:
    schemas = document.get("components", {}).get("schemas", {})
    count = len(document["paths"])
    return f"{count} path{'s' * (count != 1)}, {len(schemas)} schemas"


def _pins(found: Sequence[Found], contract: dict[str, Any], *, rename: bool) -> list[Pin]:
    """What our operations are called from now on, and where they are."""
    own = {(pin.path, pin.method): pin for pin in names.own_pins(contract)}
    return [
        own[place.path, place.method]
        if rename
        else evolve(place.pin, path=place.path, method=place.method)
        for place in found
    ]


def _names(
    found: Sequence[Found],
    contract: dict[str, Any],
    old_contract: dict[str, Any],
    pins: Sequence[Pin],
    *,
    rename: bool,
) -> list[str]:
    said = list(slices.renamed(found, contract, old_contract))
    if said:
        verb = "is now called" if rename else "keeps its name"
        said += [f"{pin} {verb} client.{pin.tag}.{pin.name}" for pin in pins]
    return said


def _generate(root: Path, new: Path, told: Verdict, pins: Sequence[Pin]) -> Verdict:
    """Generate the package under the names that it is to have, and compare it."""
    config = read_text(root / CONFIG)
    settings = read_mapping(config, CONFIG)
    name = settings["package_name_override"]
    old = package(root / GENERATED / name)
    contract = read_document(read_text(new / CONTRACT), CONTRACT)
    own = names.own_pins(contract)
    if names.pins(root / CONFIG) or list(pins) != own:
        config = sources.config_of(config, pins=pins)
    (new / CONFIG).write_text(config, "utf-8")
    build(new / CONTRACT, new / CONFIG, new / GENERATED)
    made = package(new / GENERATED / name)
    if _may_rename(old, made, contract, settings):
        config = _renamed(new, old, config)
        (new / CONFIG).write_text(config, "utf-8")
        (new / GENERATED).rename(new / "renamed")
        build(new / CONTRACT, new / CONFIG, new / GENERATED)
        made = package(new / GENERATED / name)
    told = evolve(told, api=api_changes(old, made))
    return evolve(told, next_version=_next_version(root, new, told))


def _set_version(new: Path, version: str) -> None:
    """Give the new package its version, which its own changes ask for."""
    config = read_text(new / CONFIG)
    if str(read_mapping(config, CONFIG)["package_version_override"]) != version:
        (new / CONFIG).write_text(sources.config_of(config, version=version), "utf-8")
        (new / GENERATED).rename(new / "without")
        build(new / CONTRACT, new / CONFIG, new / GENERATED)


def _may_rename(
    old: griffe.Module, made: griffe.Module, contract: dict[str, Any], settings: Any
) -> bool:
    """Whether a class goes by another name than before, or an override may have lost its schema."""
    components = {
        str(ClassName(name, "field_")) for name in contract.get("components", {}).get("schemas", {})
    }
    stale = set(settings.get("class_overrides") or {}) - components
    return bool(stale or overrides(old, made))


def _renamed(new: Path, old: griffe.Module, config: str) -> str:
    """The configuration under which classes keep their names."""
    natural = new / "natural"
    try:
        # Under the names of the document alone, to see which class is which.
        (new / CONFIG).write_text(sources.config_of(config, overrides={}), "utf-8")
        build(new / CONTRACT, new / CONFIG, natural)
    except GeneratorError:
        return config  # they collide: the configuration's own overrides stay
    kept = overrides(old, package(natural / old.name))
    return sources.config_of(config, overrides=kept)


def _next_version(root: Path, new: Path, told: Verdict) -> str:
    """The version that is asked for since the last release; never a lower one than before."""
    if _contents(root / GENERATED) == _contents(new / GENERATED):
        return told.version
    base = sources.released(read_text(root / CHANGELOG)) or told.version
    level = "patch" if told.level == "none" else told.level
    candidates = (told.version, verdicts.bumped(base, level))
    return max(candidates, key=lambda version: [int(part) for part in version.split(".")])


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _replace(root: Path, new: Path, told: Verdict) -> list[str]:
    """Replace what has changed."""
    if _contents(root / GENERATED) != _contents(new / GENERATED):
        text = sources.changelog_with(read_text(root / CHANGELOG), told)
        (new / CHANGELOG).write_text(text, "utf-8")
    changed = [
        name
        for name in (UPSTREAM, OVERLAY, CONTRACT, CONFIG, CHANGELOG)
        if (new / name).exists() and (new / name).read_bytes() != (root / name).read_bytes()
    ]
    if _contents(root / GENERATED) != _contents(new / GENERATED):
        changed.append(GENERATED)
    replace(root, new, changed)
    return changed
