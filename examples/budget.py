# /// script
# requires-python = ">=3.11"
# dependencies = ["openrouter-analytics"]
# ///
"""Check whether the last days cost more than a budget, for cron.

    python budget.py 100             # USD in the last 30 completed UTC days
    python budget.py 5 --days 1      # USD yesterday

It prints one line, to stdout within the budget, else to stderr. So this makes cron mail problems
only. `~/spend/key` has the line `export OPENROUTER_MANAGEMENT_KEY=…`:

    0 6 * * * . ~/spend/key && ~/spend/.venv/bin/python ~/spend/budget.py 100 > /dev/null

Exit codes: 0 within the budget, 1 over it, 2 the key or an argument is wrong, 3 not checked: no
usable response, a package is missing, the disk is full, or any other reason.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import sys


def crash(kind: type[BaseException], error: BaseException, _: object) -> None:
    """Exit with 3, whatever happens. Python would exit with 1, which means over the budget."""
    try:
        print(f"budget: {kind.__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(3)


if __name__ == "__main__":
    sys.excepthook = crash  # before an import that may fail

from openrouter_analytics import Client, errors  # noqa: E402


def amount(text: str) -> float:
    """Read an amount of USD."""
    number = float(text)
    if not 0 <= number < math.inf:
        raise ValueError(text)
    return number


def window(text: str) -> int:
    """Read a number of days. The API has the last 30 completed UTC days."""
    number = int(text)
    if not 1 <= number <= 30:
        raise ValueError(text)
    return number


def spent(days: int) -> float:
    """Return the cost of the last completed UTC days, in USD."""
    first = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)
    # cron has time, so retry for up to two minutes.
    with Client(max_retries=8) as client:
        activity = client.analytics.get_user_activity()
    return math.fsum(item.usage for item in activity.data if item.date >= first)


def main() -> int:
    """Print one line and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("budget", type=amount, help="USD")
    parser.add_argument("--days", type=window, default=30, help="1 to 30 (default: 30)")
    arguments = parser.parse_args()
    try:
        usd = spent(arguments.days)
    except (
        errors.ConfigurationError,
        errors.AuthenticationError,
        errors.PermissionDeniedError,
    ) as error:
        print("budget:", *str(error).split(), file=sys.stderr)
        return 2
    except errors.APIError as error:
        print("budget:", *str(error).split(), file=sys.stderr)
        return 3
    over = usd > arguments.budget
    print(
        f"budget: {'OVER' if over else 'within'}: {usd:,.2f} of {arguments.budget:,.2f} USD"
        f" in the last {'day' if arguments.days == 1 else f'{arguments.days} days'}",
        file=sys.stderr if over else sys.stdout,
        flush=True,
    )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
