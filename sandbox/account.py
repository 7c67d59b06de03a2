"""The account of the sandbox: deterministic activity rows, kept as encoded JSON.

A day's rows depend on the seed and the day alone, so they are the same tomorrow, as in a real
account. Only `random.random()` is used: Python promises to keep its sequence, and no other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import random
from collections.abc import Iterable
from typing import NamedTuple

WINDOW = 30
"""How many completed UTC days the API has data for."""

MAX_ROWS = 1_000_000
"""The most rows of an account."""

_JOIN_LIMIT = 1 << 20
"""Larger bodies, in bytes, are streamed: one piece per day."""


class _Model(NamedTuple):
    """A model, its prices in USD per million tokens, and the providers that serve it."""

    slug: str
    permaslug: str
    prompt_price: float
    completion_price: float
    reasons: bool
    providers: tuple[str, ...]


_MODELS = (
    _Model("anthropic/claude-haiku-4.5", "anthropic/claude-4.5-haiku-20251001",
           1, 5, False, ("Anthropic", "Google")),
    _Model("anthropic/claude-sonnet-4.5", "anthropic/claude-4.5-sonnet-20250929",
           3, 15, True, ("Anthropic", "Amazon Bedrock", "Google")),
    _Model("anthropic/claude-opus-4.1", "anthropic/claude-4.1-opus-20250805",
           15, 75, True, ("Anthropic",)),
    _Model("openai/gpt-5", "openai/gpt-5-2025-08-07", 1.25, 10, True, ("OpenAI", "Azure")),
    _Model("openai/gpt-5-mini", "openai/gpt-5-mini-2025-08-07", 0.25, 2, True, ("OpenAI", "Azure")),
    _Model("openai/gpt-4.1", "openai/gpt-4.1-2025-04-14", 2, 8, False, ("OpenAI",)),
    _Model("openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18",
           0.15, 0.6, False, ("OpenAI", "Azure")),
    _Model("openai/gpt-oss-120b", "openai/gpt-oss-120b",
           0.05, 0.25, True, ("Groq", "Cerebras", "DeepInfra")),
    _Model("google/gemini-2.5-pro", "google/gemini-2.5-pro",
           1.25, 10, True, ("Google", "Google AI Studio")),
    _Model("google/gemini-2.5-flash", "google/gemini-2.5-flash",
           0.3, 2.5, True, ("Google", "Google AI Studio")),
    _Model("google/gemma-3-27b-it", "google/gemma-3-27b-it", 0.09, 0.16, False, ("DeepInfra",)),
    _Model("deepseek/deepseek-chat-v3.1", "deepseek/deepseek-chat-v3.1",
           0.2, 0.8, False, ("DeepInfra", "Fireworks")),
    _Model("deepseek/deepseek-r1-0528", "deepseek/deepseek-r1-0528",
           0.4, 1.75, True, ("Together", "Fireworks")),
    _Model("meta-llama/llama-3.3-70b-instruct", "meta-llama/llama-3.3-70b-instruct",
           0.13, 0.38, False, ("Groq",)),
    _Model("meta-llama/llama-4-maverick", "meta-llama/llama-4-maverick",
           0.15, 0.6, False, ("Together", "Groq")),
    _Model("mistralai/mistral-medium-3.1", "mistralai/mistral-medium-3.1",
           0.4, 2, False, ("Mistral",)),
    _Model("mistralai/codestral-2508", "mistralai/codestral-2508", 0.3, 0.9, False, ("Mistral",)),
    _Model("qwen/qwen3-235b-a22b", "qwen/qwen3-235b-a22b-04-28",
           0.18, 0.54, True, ("Together", "DeepInfra")),
    _Model("qwen/qwen3-coder:free", "qwen/qwen3-coder-480b-a35b-07-25", 0, 0, False, ("Chutes",)),
    _Model("x-ai/grok-4", "x-ai/grok-4-07-09", 3, 15, True, ("xAI",)),
)  # fmt: skip

_OFFERS = [(model, provider) for model in _MODELS for provider in model.providers]


class _Endpoint(NamedTuple):
    """One endpoint of a model at a provider: at most one row per day."""

    model: _Model
    json: str


def _endpoint(index: int) -> _Endpoint:
    """The endpoint with that index. After the last offer they repeat, with other ids."""
    model, provider = _OFFERS[index % len(_OFFERS)]
    digest = hashlib.sha256(f"endpoint {index}".encode()).hexdigest()
    endpoint_id = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
    fields = {
        "model": model.slug,
        "model_permaslug": model.permaslug,
        "endpoint_id": endpoint_id,
        "provider_name": provider,
    }
    return _Endpoint(model, json.dumps(fields, separators=(",", ":"))[1:-1])


def _usd(amount: float) -> str:
    """The amount as JavaScript writes it: a whole amount has no fraction."""
    rounded = round(amount, 6)
    return repr(rounded) if rounded % 1 else str(int(rounded))


def _row(day: dt.date, busy: float, endpoint: _Endpoint, rng: random.Random) -> str:
    """One row as JSON text."""
    rand = rng.random
    model = endpoint.model
    requests = 1 + int(120 * busy * rand() ** 3)
    prompt = requests * int(300 + 5000 * rand())
    completion = requests * int(60 + 900 * rand())
    reasoning = int(completion * 0.6 * rand()) if model.reasons else 0
    cached = int(prompt * 0.7 * rand())
    cost = (
        (prompt - 0.75 * cached) * model.prompt_price + completion * model.completion_price
    ) / 1e6
    # One row in ten was paid to the provider with the user's own key: usage is then the fee alone.
    byok = rand() < 0.1
    usage, byok_usage = (0.05 * cost, cost) if byok else (cost, 0.0)
    return (
        f'{{"date":"{day} 00:00:00",{endpoint.json},'
        f'"usage":{_usd(usage)},"byok_usage_inference":{_usd(byok_usage)},'
        f'"requests":{requests},"prompt_tokens":{prompt},"completion_tokens":{completion},'
        f'"reasoning_tokens":{reasoning},"cached_tokens":{cached}}}'
    )


class Account:
    """The activity of the last 30 completed UTC days, encoded once.

    Args:
        rows: How many rows the account has in all, from 0 to 1,000,000, spread evenly over the
            days; None for a natural account, in which most endpoints are used on most days.
        seed: Another seed, another account.
        today: The current UTC date: the first day that is not completed.

    Raises:
        ValueError: `rows` is out of range.
    """

    def __init__(self, *, rows: int | None = None, seed: int = 0, today: dt.date) -> None:
        if rows is not None and not 0 <= rows <= MAX_ROWS:
            raise ValueError(f"rows must be from 0 to {MAX_ROWS:,}, not {rows:,}")
        self.today = today
        count = len(_OFFERS) if rows is None else math.ceil(rows / WINDOW)
        endpoints = [_endpoint(index) for index in range(count)]
        self._days: dict[dt.date, bytes] = {}
        for ago in range(1, WINDOW + 1):
            day = today - dt.timedelta(days=ago)
            # The rows that an even share leaves over go to the newest days.
            share = None if rows is None else rows // WINDOW + (ago <= rows % WINDOW)
            self._days[day] = _day(day, endpoints[:share], seed, natural=rows is None)
        self._all = _data(self._days.values())

    def body(self, day: dt.date | None = None) -> list[bytes]:
        """The pieces of a body: the rows of one day, or of all days, newest first."""
        return self._all if day is None else _data([self._days.get(day, b"")])

    def has(self, day: dt.date) -> bool:
        """Whether that day is one of the completed days."""
        return day in self._days


def _day(day: dt.date, endpoints: list[_Endpoint], seed: int, *, natural: bool) -> bytes:
    """The rows of one day, encoded and joined by commas."""
    rng = random.Random(f"{seed} {day}")  # noqa: S311 - numbers to look at, not secrets
    weekend = day.isoweekday() > 5
    busy = (0.4 if weekend else 1.0) * (0.7 + 0.6 * rng.random())
    chance = (0.55 if weekend else 0.85) if natural else 1.0
    return ",".join(
        _row(day, busy, endpoint, rng) for endpoint in endpoints if rng.random() < chance
    ).encode()


def _data(days: Iterable[bytes]) -> list[bytes]:
    """`{"data":[…]}` in pieces; in one piece if it is small."""
    pieces = [b'{"data":[']
    for day in filter(None, days):
        pieces += [b",", day] if len(pieces) > 1 else [day]
    pieces.append(b"]}")
    return pieces if sum(map(len, pieces)) > _JOIN_LIMIT else [b"".join(pieces)]
