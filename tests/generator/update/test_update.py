"""An update as its maintainer sees it: what it changes, what stops it, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.__main__ import main
from generator.client.generate import build as build_package
from generator.errors import GeneratorError
from generator.spec.read import read_document
from generator.spec.round_trip import load as load_round_trip
from generator.update import update as updates
from generator.update.update import Options, update
from tests.generator.edited import edited
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM
from tests.generator.update.activity import (
    FIELDS,
    FIRST,
    GET,
    SCHEMAS,
    among_others,
    as_json,
    moved,
    ref,
    with_schema_renamed,
)
from tests.generator.update.checkout import CONFIG, HERE, OTHER_CONFIG, OTHER_PACKAGE, Checkout
from tests.generator.update.planted import BASE, CHANGES

pytestmark = pytest.mark.timeout(300)
BREAKING = CHANGES["response field removed"]
ADDING = CHANGES["optional response field added"]
GENERATED = f"generated/{OTHER_PACKAGE}"
OPERATIONS = "operations:\n  /activity:\n    get: analytics.get_user_activity\n"


@pytest.fixture
def page(first: Checkout, tmp_path: Path) -> Checkout:
    """A checkout that corrects the published page."""
    return first.copy(tmp_path / "checkout")


@pytest.fixture
def full(later: Checkout, tmp_path: Path) -> Checkout:
    """A checkout of a full document."""
    return later.copy(tmp_path / "checkout")


def changed(*changes: dict[str, Any]) -> bytes:
    own = BASE
    for change in changes:
        own = edited(own, change)
    return as_json(own)


# Stopping, and going on


def test_a_breaking_change_stops_with_nothing_changed(
    full: Checkout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "document.json").write_bytes(changed(BREAKING))
    before = full.contents()

    report = tmp_path / "reports/verdict.md"
    arguments = ["--root", str(full.root), "--report", str(report)]

    code = main(["update", str(tmp_path / "document.json"), *arguments])

    shown = capsys.readouterr().out
    assert 1 == code
    assert report.read_text("utf-8").replace("\\", "") in shown
    assert "# Verdict: breaking; version 1.0.0 becomes 2.0.0" in shown.splitlines()
    assert "Stopped: this breaks code that uses the client; ACCEPT_BREAKING=1" in shown
    assert before == full.contents()


def test_an_accepted_breaking_change_comes_with_version_and_changelog(
    full: Checkout, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "document.json").write_bytes(changed(BREAKING))
    paths = [str(tmp_path / "document.json"), "--root", str(full.root)]

    code = main(["update", "--accept-breaking", *paths])

    assert 0 == code
    assert full.read("reports/update.md").replace("\\", "") in capsys.readouterr().out
    assert "package_version_override: 2.0.0" in full.read("generator-config.yaml")
    assert '"2.0.0"' in full.read(f"{GENERATED}/_package.py")
    assert full.read("CHANGELOG.md") == (
        "# Changelog\n\n## [Unreleased]\n\n### Removed\n\n"
        "- **Breaking:** `models.ActivityItem.usage` removed.\n"
        "- **Breaking:** `GET /activity, response 200 $.data[].usage` removed, was required "
        "(existing clients raise\n  ResponseValidationError for such a body).\n\n"
        "## [1.0.0] - 2025-11-08\n\nThe first.\n"
    )
    assert full.is_what_its_sources_give(tmp_path / "made")


@pytest.mark.parametrize(
    ("change", "version"), [(BREAKING, "2.0.0"), (ADDING, "1.1.0")], ids=["breaking", "adding"]
)
def test_a_dry_run_shows_the_verdict_and_changes_nothing(
    full: Checkout, change: dict[str, Any], version: str
) -> None:
    before = full.contents()

    outcome = full.update(changed(change), dry_run=True, accept_breaking=False)

    assert version == outcome.verdict.next_version
    assert ([], "") == (outcome.replaced, outcome.refused)
    assert before == full.contents()


def test_a_document_is_fetched_by_https_and_nothing_else_is(page: Checkout) -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=as_json(among_others(FIRST)))

    outcome = update(
        page.root,
        "https://openrouter.ai/openapi.json?x=1",
        Options(test=False),
        transport=httpx.MockTransport(respond),
    )

    assert ["https://openrouter.ai/openapi.json?x=1"] == asked
    assert "minor" == outcome.verdict.level
    header = " ".join(page.read("openapi.yaml").split("openapi:")[0].split())
    assert "(GET /activity of https://openrouter.ai/openapi.json)" in header


# The new client is tested first


def _in_models(text: str, instead: str) -> Callable[..., None]:
    """Generation, after which a model is not what it should be."""
    whole = build_package

    def build(contract: Path, config: Path, output: Path) -> None:
        whole(contract, config, output)
        for path in output.glob("*/models/*.py"):
            path.write_text(path.read_text("utf-8").replace(text, instead), "utf-8")

    return build


@pytest.mark.parametrize(
    ("text", "instead", "words"),
    [
        ('"usage": self.usage', '"usage": self.requests', "usage"),
        ("from attrs import", "from attrs_ import", "No module named 'attrs_'"),
        ("    data: list[ActivityItem]", "    data: list[str]", '"str" has no attribute'),
    ],
)
def test_a_client_that_fails_its_tests_replaces_nothing(
    full: Checkout, monkeypatch: pytest.MonkeyPatch, text: str, instead: str, words: str
) -> None:
    monkeypatch.setattr(updates, "build", _in_models(text, instead))
    before = full.contents()

    with pytest.raises(GeneratorError, match="the new client fails its smoke test") as caught:
        full.update(changed(ADDING), test=True)

    assert words in str(caught.value)
    assert before == full.contents()


# The overlay


def test_obsolete_actions_are_removed_and_named(page: Checkout, tmp_path: Path) -> None:
    outcome = page.update(as_json(FIRST))

    left = [str(action["description"]) for action in actions(page)]
    assert 10 == len(outcome.verdict.obsolete)
    assert "The base URL is named." in outcome.verdict.obsolete
    assert [text.split(". ")[0] for text in left] == [
        "The security scheme says which key is needed, where it is made, and where it is kept",
        "The query parameter `date` is a calendar day",
        "Every other status has the same body",
        "The fields of a row have descriptions with units",
        "The row's `date` is a calendar day in the grammar that the API really uses",
        "The response has an example, with dates as the API writes them",
    ]
    before, after = FIRST_OVERLAY.splitlines(), page.read("spec/overlay.yaml").splitlines()
    assert [line for line in after if line not in before] == [
        "  x-upstream: GET /activity of checkout-document"
    ]
    assert "\n\n\n" not in page.read("spec/overlay.yaml")
    assert page.is_what_its_sources_give(tmp_path / "made")


def actions(checkout: Checkout) -> Any:
    return load_round_trip(checkout.read("spec/overlay.yaml"), "the overlay")["actions"]


def test_an_obsolete_action_that_only_adds_words_waits_for_another_change(page: Checkout) -> None:
    described = edited(read_document(FIRST_UPSTREAM), {f"{FIELDS} usage description": "The cost."})

    words = page.update(as_json(described))
    more = page.update(as_json(edited(described, ADDING)))

    assert [] == words.replaced
    assert ["The fields of a row have descriptions with units."] == more.verdict.obsolete


def test_one_run_shows_everything_that_a_maintainer_must_correct(page: Checkout) -> None:
    changes = {
        f"{FIELDS} date format": "date-time",
        f"{FIELDS} model description": "Its name",
        "components securitySchemes apiKey scheme": "basic",
    }
    before = page.contents()

    with pytest.raises(GeneratorError) as caught:
        page.update(as_json(edited(FIRST, changes)))

    report = str(caught.value).splitlines()
    assert "3 of 16 overlay actions need a hand:" == report[0]
    assert (
        "  - The row's `date` is a calendar day in the grammar that the API really uses." in report
    )
    assert "  - The fields of a row have descriptions with units." in report
    assert "obsolete, because upstream has the correction:" in report
    assert "  - The base URL is named." in report
    assert "without them, the contract changes:" in report
    assert any("security: a key (http bearer) is not enough any more" in line for line in report)
    assert before == page.contents()


def test_what_is_not_valid_without_the_unmatched_actions_is_reported(page: Checkout) -> None:
    own = edited(read_document(FIRST_UPSTREAM), {f"{GET} tags 0 0": "subpackage_usage"})

    with pytest.raises(GeneratorError) as caught:
        page.update(as_json(own))

    assert "without them, the document is not valid:" in str(caught.value)
    assert '  - #/paths/~1activity/get/tags/0: ["subpackage_usage"] is not of type "string"' in str(
        caught.value
    )


# Names


def test_a_moved_operation_keeps_its_name_and_its_corrections(
    page: Checkout, tmp_path: Path
) -> None:
    outcome = page.update(as_json(moved("/analytics/activity")))

    assert outcome.verdict.names == [
        "GET /activity has moved to GET /analytics/activity",
        "GET /analytics/activity keeps its name client.analytics.get_user_activity",
    ]
    assert "major" == outcome.verdict.level
    operations = OPERATIONS.replace("/activity", "/analytics/activity")
    assert operations in page.read("generator-config.yaml")
    assert "'/activity'" not in page.read("spec/overlay.yaml")
    assert page.is_what_its_sources_give(tmp_path / "made")
    operation = page.contract["paths"]["/analytics/activity"]["get"]
    assert "date" == operation["parameters"][0]["schema"]["format"]


def test_names_follow_the_document_if_asked(full: Checkout, tmp_path: Path) -> None:
    renamed = changed(CHANGES["operationId changed"], CHANGES["tag changed"])

    outcome = full.update(renamed, rename=True)

    assert "GET /activity is now called client.usage.list_activity" in outcome.verdict.names
    assert "major" == outcome.verdict.level
    assert "    get: usage.list_activity\n" in full.read("generator-config.yaml")
    assert (full.root / f"{GENERATED}/api/usage/list_activity.py").is_file()
    assert full.is_what_its_sources_give(tmp_path / "made")


def test_without_overrides_the_names_of_the_contract_are_kept(
    full: Checkout, tmp_path: Path
) -> None:
    full.write("generator-config.yaml", OTHER_CONFIG.partition("\n# The operations")[0])

    outcome = full.update(changed(CHANGES["operationId changed"]))

    assert {"generated", "CHANGELOG.md"}.isdisjoint(outcome.replaced)
    assert OPERATIONS in full.read("generator-config.yaml")
    assert (full.root / f"{GENERATED}/api/analytics/get_user_activity.py").is_file()
    assert full.is_what_its_sources_give(tmp_path / "made")


def test_an_operation_without_operation_id_keeps_its_name_too(tmp_path: Path) -> None:
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "responses": {"204": {"description": "Done"}}}
    old = edited(FIRST, {"paths": {"/a/{id}": {"get": operation}}})
    new = edited(FIRST, {"paths": {"/a/{key}": {"get": operation}}})
    new = edited(new, {"paths /a/{key} get parameters id name": "key"})
    overlay = (HERE / "planted-overlay.yaml").read_text("utf-8")
    config = OTHER_CONFIG.partition("\n# The operations")[0]
    checkout = Checkout.of(tmp_path / "checkout", as_json(old).decode(), overlay, config)

    outcome = checkout.update(as_json(new))

    assert "GET /a/{key} keeps its name client.default.get_a_id" in outcome.verdict.names
    assert (checkout.root / f"{GENERATED}/api/default/get_a_id.py").is_file()


def test_schemas_under_other_names_keep_their_classes(full: Checkout, tmp_path: Path) -> None:
    schema = f"{SCHEMAS} Problem properties error"
    own = with_schema_renamed(edited(BASE, ADDING), "ActivityItem", "UsageRow")
    own = with_schema_renamed(own, "ErrorResponse", "Problem")
    detail = own["components"]["schemas"]["Problem"]["properties"]["error"]
    own = edited(own, {f"{SCHEMAS} Detail": detail, schema: ref("Detail")})
    before = models(full)

    outcome = full.update(as_json(own))

    assert before == models(full)
    assert "minor" == outcome.verdict.level
    assert (
        "class_overrides:\n"
        "  Detail:\n    class_name: ErrorResponseError\n    module_name: error_response_error\n"
    ) in full.read("generator-config.yaml")
    assert full.is_what_its_sources_give(tmp_path / "made")


def models(checkout: Checkout) -> set[str]:
    return {path.name for path in checkout.root.glob("generated/*/models/*.py")}


def test_an_override_that_is_not_needed_any_more_goes_with_its_comment(page: Checkout) -> None:
    name, other = "Analytics_getUserActivity_Response_200", "ActivityResponse"
    upstream = with_schema_renamed(read_document(FIRST_UPSTREAM), name, other)
    page.write("spec/overlay.yaml", FIRST_OVERLAY.replace(name, other))

    page.update(as_json(edited(upstream, ADDING)))

    assert "activity_response.py" in models(page)
    config = page.read("generator-config.yaml").replace("1.1.0", "1.0.0")
    assert CONFIG.partition("\n# The published")[0] == config


def test_a_new_operation_is_reported_and_comes_with_the_configuration(full: Checkout) -> None:
    more = {"operationId": "getMore", "responses": {"204": {"description": "Nothing"}}}
    config = OTHER_CONFIG.partition("\n# The operations")[0]
    document = changed({"paths /more": {"get": more}})

    full.write("generator-config.yaml", config)
    reported = full.update(document)
    full.write(
        "generator-config.yaml", f"{config}\n{OPERATIONS}  /more:\n    get: default.get_more\n"
    )
    added = full.update(document)

    assert ("none", []) == (reported.verdict.level, reported.replaced)
    assert "- GET /more" in str(reported).splitlines()
    assert "minor" == added.verdict.level
    assert "- Contract: `GET /more` added" in str(added)
    assert (full.root / f"{GENERATED}/api/default/get_more.py").is_file()
