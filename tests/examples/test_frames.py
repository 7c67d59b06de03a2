"""The frames have every row and field, with the types they should have."""

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from openrouter_analytics import records
from openrouter_analytics.models import ActivityResponse

from examples import frames
from tests.examples.programs import fetch

DAY = "2026-08-23"


def row(**fields: Any) -> dict[str, Any]:
    numbers = ("usage", "byok_usage_inference", "requests", "prompt_tokens")
    counts = ("completion_tokens", "reasoning_tokens")
    names = ("model", "model_permaslug", "endpoint_id", "provider_name")
    return {"date": DAY, **dict.fromkeys(names, "x"), **dict.fromkeys(numbers + counts, 0)} | fields


@pytest.fixture(scope="module")
def activity(base_url: str) -> ActivityResponse:
    return ActivityResponse(data=fetch(base_url))


@pytest.fixture(scope="module")
def late() -> ActivityResponse:
    """A fraction, and a field that the document does not name, after more than a hundred rows."""
    last = row(usage=0.5, unheard_of=1)
    return ActivityResponse.from_dict({"data": [row()] * 200 + [last]})


def test_pandas_has_every_row(activity: ActivityResponse) -> None:
    frame = frames.to_pandas(activity)

    expected = [row | {"date": f"{row['date']}"} for row in records(activity.data)]
    assert expected == (frame.assign(date=frame["date"].dt.strftime("%Y-%m-%d")).to_dict("records"))


def test_polars_has_every_row(activity: ActivityResponse) -> None:
    assert records(activity.data) == frames.to_polars(activity).to_dicts()


def test_arrow_has_every_row(activity: ActivityResponse) -> None:
    assert records(activity.data) == frames.to_arrow(activity).to_pylist()


def test_days_are_dates(activity: ActivityResponse) -> None:
    assert pd.api.types.is_datetime64_any_dtype(frames.to_pandas(activity)["date"])
    assert pl.Date == frames.to_polars(activity).schema["date"]
    assert pa.date32() == frames.to_arrow(activity).schema.field("date").type


def test_money_is_a_fraction_and_counts_are_whole(activity: ActivityResponse) -> None:
    assert {"usage": "float64", "requests": "int64"} == {
        name: str(frames.to_pandas(activity).dtypes[name]) for name in ("usage", "requests")
    }
    assert {"usage": pl.Float64, "requests": pl.Int64} == {
        name: frames.to_polars(activity).schema[name] for name in ("usage", "requests")
    }
    assert {"usage": pa.float64(), "requests": pa.int64()} == {
        name: frames.to_arrow(activity).schema.field(name).type for name in ("usage", "requests")
    }


def test_values_and_fields_of_late_rows_are_kept(late: ActivityResponse) -> None:
    pandas, polars, arrow = frames.to_pandas(late), frames.to_polars(late), frames.to_arrow(late)

    assert (0.5, 1) == (pandas["usage"].iloc[-1], pandas["unheard_of"].iloc[-1])
    assert (0.5, 1) == (polars["usage"][-1], polars["unheard_of"][-1])
    assert (0.5, 1) == (arrow["usage"][-1].as_py(), arrow["unheard_of"][-1].as_py())
