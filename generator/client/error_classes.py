"""Which exception class of the client stands for an HTTP status."""

_CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}


def error_class(status: int) -> str:
    """The name of the exception class that a client raises for an error status."""
    return _CLASSES.get(status, "InternalServerError" if status >= 500 else "APIStatusError")
