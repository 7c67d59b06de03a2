# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx", "openrouter-analytics"]
# ///
"""Check whether this month costs more than a budget, for cron.

    python budget.py 250                  # USD this month, in completed UTC days
    python budget.py 250 --projected      # already when the whole month would cost more
    python budget.py 5 --days 1           # USD yesterday
    python budget.py 900 --keys keys/     # USD of many accounts: a folder with a key file for each

The month is that of yesterday, so that the last day of a month counts, too. It prints one line, to
stdout within the budget, else to stderr. So this makes cron mail problems only. `~/spend/key` has
the line `export OPENROUTER_MANAGEMENT_KEY=…`:

    0 6 * * * . ~/spend/key && ~/spend/.venv/bin/python ~/spend/budget.py 250 > /dev/null

Lines on stderr go to a webhook, too, if `--webhook` or BUDGET_WEBHOOK has its URL.

Exit codes: 0 within the budget, 1 over it, 2 a key or an argument is wrong, 3 not checked: no
usable response, a package is missing, the disk is full, or any other reason, 4 the webhook failed.
"""

from __future__ import annotations

import argparse
import calendar
import datetime as dt
import math
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple


def crash(kind: type[BaseException], error: BaseException, _: object) -> None:
    """Exit with 3, whatever happens. Python would exit with 1, which means over the budget."""
    try:
        print(f"budget: {kind.__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(3)


if __name__ == "__main__":
    sys.excepthook = crash  # before an import that may fail

import httpx  # noqa: E402
from openrouter_analytics import APIError, Client, ConfigurationError, errors  # noqa: E402
from openrouter_analytics.models import ActivityItem  # noqa: E402

WINDOW = 30  # how many days the API has: the last completed ones, in UTC
REFUSED = (ConfigurationError, errors.AuthenticationError, errors.PermissionDeniedError)
SAFE = re.compile(r"https://|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)")


class Period(NamedTuple):
    """Days to check: of the completed ones, those that the API has."""

    name: str
    first: dt.date
    today: dt.date
    scale: float = 1  # from the cost of these days to that of the month
    cut: bool = False  # whether the month has an earlier day, which the API no longer has


def period(today: dt.date, days: int | None) -> Period:
    """Return the last days, or the month of yesterday."""
    if days:
        name = "the last day" if days == 1 else f"the last {days} days"
        return Period(name, today - dt.timedelta(days), today)
    yesterday = today - dt.timedelta(1)
    whole = calendar.monthrange(yesterday.year, yesterday.month)[1]
    days = min(yesterday.day, WINDOW)
    cut = days < yesterday.day
    name = f"{yesterday:%B %Y} ({'last' if cut else 'first'} {days} of {whole} days)"
    return Period(name, today - dt.timedelta(days), today, whole / days, cut)


def fetch(key_file: Path | None, days: Period) -> list[ActivityItem]:
    """Return the activity of an account on these days."""
    key = key_file.read_text("utf-8", errors="replace").strip() if key_file else None
    # cron has time, so retry for up to two minutes.
    with Client(key, max_retries=8) as client:
        activity = client.analytics.get_user_activity()
    return [item for item in activity.data if days.first <= item.date < days.today]


def judge(
    accounts: dict[str, list[ActivityItem]], days: Period, budget: float, *, projected: bool
) -> tuple[int, str]:
    """Return the exit code and the line to print."""
    costs = {name: math.fsum(item.usage for item in of) for name, of in accounts.items()}
    items = [item for of in accounts.values() for item in of]
    usd = math.fsum(item.usage for item in items)
    byok = math.fsum(item.byok_usage_inference for item in items)
    idle = (days.today - days.first).days - len({item.date for item in items})
    verdict = "within"
    if round(usd - budget, 9) > 0:  # a sum of floats is not exact
        verdict = "OVER"
    elif (projected or days.cut) and round(usd * days.scale - budget, 9) > 0:
        verdict = "OVER as projected"
    line = f"{verdict}: {usd:,.2f} of {budget:,.2f} USD in {days.name}"
    if days.scale != 1:
        line += f", {usd * days.scale:,.2f} projected"
    if idle:
        line += f", days without activity: {idle}"
    if byok:
        line += f", {byok:,.2f} more by BYOK"
    if len(costs) > 1:
        line += ": " + ", ".join(f"{name} {cost:,.2f}" for name, cost in costs.items())
    return int(verdict != "within"), line


def post(line: str, url: str) -> str | None:
    """Send a line to a webhook. Return why it failed, without the URL, which is a secret."""
    try:
        with httpx.stream("POST", url, json={"text": line}, timeout=30) as response:
            return None if response.is_success else f"it answered {response.status_code}"
    except Exception as error:  # noqa: BLE001 - of any kind, and its text may have the URL
        return type(error).__name__


def key_files(text: str) -> list[Path]:
    """Return the key files of a folder."""
    if not text:  # an empty path would be the current folder
        raise argparse.ArgumentTypeError("expected the name of a folder")
    try:
        files = sorted(path for path in Path(text).iterdir() if path.is_file())
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
    if not (named := [path for path in files if not path.name.startswith(".")]):
        raise argparse.ArgumentTypeError(f"{text}: no key files")
    return named


def main() -> int:
    """Print one line and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("budget", type=float, help="USD")
    parser.add_argument(
        "--days", type=int, choices=range(1, WINDOW + 1), metavar="N", help="the last 1 to 30 days"
    )
    parser.add_argument("--projected", action="store_true", help="compare the projection, too")
    parser.add_argument("--keys", type=key_files, default=[None], help="a folder of key files")
    parser.add_argument("--webhook", default=os.environ.get("BUDGET_WEBHOOK"), help="its URL")
    arguments = parser.parse_args()
    if not 0 <= arguments.budget < math.inf:
        parser.error("the budget must be an amount of USD")
    if arguments.webhook and not SAFE.match(arguments.webhook):
        parser.error("the URL of the webhook must begin with https://")
    days = period(dt.datetime.now(dt.UTC).date(), arguments.days)
    accounts: dict[str, list[ActivityItem]] = {}
    name = ""
    try:
        for key_file in arguments.keys:
            name = key_file.name if key_file else ""
            accounts[name] = fetch(key_file, days)
        code, line = judge(accounts, days, arguments.budget, projected=arguments.projected)
    except (APIError, ConfigurationError, OSError) as error:
        code, line = 2 if isinstance(error, REFUSED) else 3, f"{name}: " * bool(name) + str(error)
    # A name of a key file may have characters that change a terminal.
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(line.split()))
    line = f"budget: {line}"
    failure = post(line, arguments.webhook) if code and arguments.webhook else None
    print(line, file=sys.stderr if code else sys.stdout, flush=True)
    if failure:
        print("budget: the webhook failed:", failure, file=sys.stderr)
    return 4 if failure else code


if __name__ == "__main__":
    sys.exit(main())
