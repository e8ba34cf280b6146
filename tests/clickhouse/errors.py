"""Errors of ClickHouse: a code, a name, a message, and the HTTP status that goes with them."""

import re

# By name, as ClickHouse's `exceptionCodeToHTTPStatus` has it; whatever is not here is 500.
STATUS = {
    "REQUIRED_PASSWORD": 401,
    **dict.fromkeys(
        (
            "UNKNOWN_USER",
            "WRONG_PASSWORD",
            "AUTHENTICATION_FAILED",
            "SET_NON_GRANTED_ROLE",
            "ACCESS_DENIED",
        ),
        403,
    ),
    **dict.fromkeys(
        (
            "BAD_ARGUMENTS",
            "CANNOT_COMPILE_REGEXP",
            "CANNOT_PARSE_TEXT",
            "CANNOT_PARSE_ESCAPE_SEQUENCE",
            "CANNOT_PARSE_QUOTED_STRING",
            "CANNOT_PARSE_DATE",
            "CANNOT_PARSE_DATETIME",
            "CANNOT_PARSE_NUMBER",
            "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING",
            "CANNOT_PARSE_IPV4",
            "CANNOT_PARSE_IPV6",
            "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
            "CANNOT_PARSE_UUID",
            "DUPLICATE_COLUMN",
            "ILLEGAL_COLUMN",
            "THERE_IS_NO_COLUMN",
            "UNKNOWN_ELEMENT_IN_AST",
            "UNKNOWN_TYPE_OF_AST_NODE",
            "TOO_DEEP_AST",
            "TOO_BIG_AST",
            "UNEXPECTED_AST_STRUCTURE",
            "SYNTAX_ERROR",
            "INCORRECT_DATA",
            "TYPE_MISMATCH",
            "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
        ),
        400,
    ),
    **dict.fromkeys(
        (
            "UNKNOWN_TABLE",
            "UNKNOWN_FUNCTION",
            "UNKNOWN_IDENTIFIER",
            "UNKNOWN_TYPE",
            "UNKNOWN_STORAGE",
            "UNKNOWN_DATABASE",
            "UNKNOWN_SETTING",
            "UNKNOWN_DIRECTION_OF_SORTING",
            "UNKNOWN_AGGREGATE_FUNCTION",
            "UNKNOWN_FORMAT",
            "UNKNOWN_DATABASE_ENGINE",
            "UNKNOWN_TYPE_OF_QUERY",
            "UNKNOWN_ROLE",
        ),
        404,
    ),
    "TIMEOUT_EXCEEDED": 408,
    "QUERY_IS_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "NOT_IMPLEMENTED": 501,
    "SOCKET_TIMEOUT": 503,
    "CANNOT_OPEN_FILE": 503,
    "CANNOT_SCHEDULE_TASK": 503,
}

_HEAD = re.compile(r"Code: (\d+)\. DB::\w*Exception: (.*)", re.S)
_VERSION = re.compile(r"\.? *\(version [^()]*\)\Z")
_NAME = re.compile(r"\.? *\(([A-Z][A-Z0-9_]+)\)\Z")


class ClickHouseError(Exception):
    """An error as ClickHouse words it."""

    def __init__(self, code: int, name: str, message: str):
        super().__init__(message)
        self.code, self.name, self.message = code, name, message

    @property
    def status(self) -> int:
        return STATUS.get(self.name, 500)

    def body(self, version: str) -> bytes:
        text = f"Code: {self.code}. DB::Exception: {self.message}. ({self.name}) (version {version} (chdb))\n"
        return text.encode()

    @classmethod
    def of_engine(cls, error: Exception) -> "ClickHouseError":
        """Reads the text of a chdb exception, which may wrap the same error several times."""
        head = _HEAD.search(str(error))
        if not head:
            return cls(1002, "UNKNOWN_EXCEPTION", str(error))
        code, message, name = int(head[1]), head[2].strip(), "UNKNOWN_EXCEPTION"
        while True:
            if inner := _HEAD.match(message):
                message = inner[2]
            elif version := _VERSION.search(message):
                message = message[: version.start()]
            elif (found := _NAME.search(message)) and name in ("UNKNOWN_EXCEPTION", found[1]):
                name, message = found[1], message[: found.start()]
            else:
                return cls(code, name, message)


def not_supported(what: str) -> ClickHouseError:
    return ClickHouseError(48, "NOT_IMPLEMENTED", f"{what} is not supported by this test harness")
