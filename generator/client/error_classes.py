"""The class of error for each HTTP status. It does not depend on the document."""

_BY_STATUS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}


def error_class(status: int) -> str:
    """The name of the class for a status."""
    return _BY_STATUS.get(status, "InternalServerError" if status >= 500 else "APIStatusError")
