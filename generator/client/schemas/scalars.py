"""What the client knows of each scalar type: one row of a table for each."""

from __future__ import annotations

from attrs import frozen
from openapi_python_client.parser.properties import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.uuid import UuidProperty


@frozen
class Scalar:
    """A scalar type.

    Attributes:
        function: Its function in the package's ``_decode`` and ``_encode``.
        slow_path: The condition on which ``value`` needs the decoder. It is empty if no value does,
            and None if every value does.
        struct_type: The type by which msgspec checks as much as the decoder does, or None.
        loses: Whether its function accepts more than it writes back, so that a value could be of
            another option of a union.
        is_json: Whether JSON has the type, so that ``to_dict`` returns the value unchanged.
    """

    function: str
    slow_path: str | None = None
    struct_type: str | None = None
    loses: bool = False
    is_json: bool = False


_IS_NOT_NUMBER = "type(value) is not int and not (type(value) is float and isfinite(value))"
_IS_NOT_DATE = "type(value) is not str or (value := decode.DATES.get(value)) is None"

SCALARS: dict[type[PropertyProtocol], Scalar] = {
    AnyProperty: Scalar("anything", "", "Any"),
    BooleanProperty: Scalar(
        "boolean",
        "value is not True and value is not False",
        "bool",
        is_json=True,
    ),
    DateProperty: Scalar("date", _IS_NOT_DATE, loses=True),
    DateTimeProperty: Scalar("date_time", loses=True),
    FloatProperty: Scalar("number", _IS_NOT_NUMBER, "int | float", is_json=True),
    IntProperty: Scalar(
        "integer",
        "type(value) is not int",
        "int",
        loses=True,
        is_json=True,
    ),
    NoneProperty: Scalar("null"),
    StringProperty: Scalar("string", "type(value) is not str", "str", is_json=True),
    UuidProperty: Scalar("uuid", loses=True),
}
