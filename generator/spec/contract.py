"""Make the contract: the upstream document with the corrections of the overlay."""

from __future__ import annotations

import textwrap
from typing import Any

from generator.errors import refuse
from generator.spec import overlay as overlays
from generator.spec import round_trip
from generator.spec.read import read_document
from generator.spec.validate import problems


def make_contract(upstream: str, overlay: str) -> str:
    """The text of the contract, from the texts of the upstream document and of the overlay.

    Key order, quoting, folding and comments stay as upstream and overlay have them. What the
    overlay adds to an object comes last in it.

    Raises:
        GeneratorError: A text is malformed, an overlay action does not fit, or the result is not
            a valid OpenAPI document.
    """
    read_document(upstream, "the upstream document")
    document = round_trip.load(upstream, "the upstream document")
    actions = round_trip.load(overlay, "the overlay")
    return contract_text(overlays.apply(document, actions), actions["info"])


def contract_text(contract: Any, info: Any) -> str:
    """The text of a corrected document, under a header that says where it comes from.

    Args:
        contract: The document, as the overlay left it.
        info: The `info` of the overlay.

    Raises:
        GeneratorError: It is no valid OpenAPI document.
    """
    text = _header(info) + round_trip.dump(contract)
    refuse("upstream and overlay make no valid document:", problems(read_document(text)))
    return text


def _header(info: Any) -> str:
    # Only the overlay knows what the upstream document is. Its words must not end the comment.
    source = " ".join(str(info.get("x-upstream", "")).split())
    source = source and f" ({source})"
    sentences = (
        f"Made by `make spec` from spec/upstream.yaml{source} and spec/overlay.yaml. Not to be "
        "edited: corrections belong in spec/overlay.yaml."
    )
    return textwrap.fill(sentences, 100, initial_indent="# ", subsequent_indent="# ") + "\n"
