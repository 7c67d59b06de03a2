"""The package gives its names, and the tests call the same client whatever the contract is."""

from tests.client.conftest import GOOD, KEY
from tests.client.http_library import NAME, httpx
from tests.client.package import load, package
from tests.generator.paths import DOCUMENTS


def test_another_contract_changes_no_test() -> None:
    own = load(DOCUMENTS / "library.yaml")

    transport = httpx.MockTransport(lambda _: GOOD)
    with own.Client(KEY, http_library=NAME, httpx_args={"transport": transport}) as client:
        activity = client.analytics.get_user_activity()
    assert "activity_client" == own.__name__
    assert package.models.__all__ == own.models.__all__
    assert 1 == len(activity.data)


def test_every_class_of_error_is_in_the_package_itself() -> None:
    errors = package.errors
    classes = {
        name: kind
        for name in errors.__all__
        if issubclass(kind := getattr(errors, name), Exception)
    }

    assert classes == {name: getattr(package, name) for name in classes}
    assert {*classes, "Client", "records"} <= {*package.__all__}
