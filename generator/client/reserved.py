"""Names that generated code uses itself, and that the document's names must not hide."""

#: In the methods and modules of an operation.
IN_METHODS = {
    "arguments", "client", "encode", "extra_query", "headers", "max_retries", "options", "request",
    "self", "timeout", "warnings",
}  # fmt: skip
#: In the methods of an operation that has a body.
BODY = {"body", "content_type"}
#: In models.
IN_MODELS = {
    "Any", "Callable", "Literal", "Mapping", "Self", "UNSET", "UUID", "Unset", "additional_name",
    "additional_properties", "brief", "field", "from_dict", "to_dict",
}  # fmt: skip
#: In modules: names that a class of the document would hide.
IN_MODULES = {
    "ARRAY", "Any", "Array", "BODIES", "BinaryIO", "CallOptions", "Callable", "Client", "Literal",
    "Mapping", "Never", "OPERATION", "Operation", "QueryValue", "Response", "STREAM", "Self",
    "Sequence", "TAG", "TYPE_CHECKING", "Timeout", "UNSET", "UUID", "Unpack", "Unset",
}  # fmt: skip
#: The arguments of ``Client`` beside its keys, and the variables of its constructor.
IN_CONSTRUCTOR = {
    "base_url", "follow_redirects", "headers", "http_library", "httpx_args", "keys", "max_retries",
    "self", "timeout", "verify_ssl",
}  # fmt: skip
#: The public names of ``Client``, which a namespace would hide.
IN_CLIENT = {
    "aclose", "call", "call_async", "close", "get_async_httpx_client", "get_httpx_client",
    "iterate", "open_stream", "open_stream_async", "send", "send_async", "set_async_httpx_client",
    "set_httpx_client", "with_extra_query", "with_headers", "with_max_retries", "with_timeout",
}  # fmt: skip
