"""The page of the package on an index has links that work there."""

from typing import Any

from tools.package_page import PackagePage, absolute
from tools.release_check.release import ROOT

TEXT = """[The docs](docs/index.md#first), ![a chart](docs/spend.png), [above](#first), [a page](https://a.b/c)

```text
[code](docs/index.md)
```
"""


def readme(metadata: dict[str, Any]) -> str:
    PackagePage(str(ROOT), {}).update(metadata)
    assert "text/markdown" == metadata["readme"]["content-type"]
    return str(metadata["readme"]["text"])


def test_links_lead_to_the_files_of_the_version() -> None:
    expected = TEXT.replace("(docs/index.md#", "(https://h/o/r/blob/v1.2.3/docs/index.md#", 1)
    expected = expected.replace("(docs/spend", "(https://h/o/r/raw/v1.2.3/docs/spend")

    assert expected == absolute(TEXT, "https://h/o/r", "v1.2.3")


def test_without_an_address_the_page_is_the_readme() -> None:
    assert (ROOT / "README.md").read_text("utf-8") == readme({"version": "1.2.3"})


def test_with_an_address_no_link_is_relative() -> None:
    page = readme({"version": "1.2.3", "urls": {"Repository": "https://h/o/r/"}})

    assert "(https://h/o/r/blob/v1.2.3/CHANGELOG.md)" in page
    assert "](docs/" not in page
