"""What all commands share: options, keys, errors, exit codes and signals.

The commands themselves are in ``commands``.
"""

import json
import os
import re
import signal
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from attrs import frozen
from cyclopts import App, CycloptsError, Group, Parameter
from cyclopts.exceptions import UnknownOptionError, UnusedCliTokensError
from cyclopts.validators import Number

from .. import errors
from .._auth import Scheme
from .._package import BASE_URL, BASE_URL_VARIABLE, PROJECT, __version__
from .._settings import LONGEST_TIMEOUT, SECRET_HEADERS
from .._text import printable
from ..client import Client
from .columns import Columns
from .failure import CODES, Code, CommandError, code_of
from .output import Format, destination, writer
from .process import SIGPIPE, Stopped, discard, end_by, read_file, signals, write_error
from .questions import Questions
from .transfer import Transfer

LONGEST_KEY = 65_536
"""How many bytes of a key file are read at most."""

LONGEST_NAMED = 32
"""How many characters of a wrong argument a message repeats at most."""

WIDTH = re.compile(r"[1-9][0-9]{0,3}")
"""The width of a terminal, as the environment gives it."""

FLAT = Parameter(name="*")
"""Makes each attribute of a class of options an option of its own."""

ROWS = Group("Rows", sort_key=1)
OUTPUT = Group("Output", sort_key=2)
CONNECTION = Group("Connection", sort_key=3)


@frozen
class Key:
    """A key of the command line.

    Attributes:
        scheme: The security scheme of the key.
        option: The option that names the file of the key.
        file: The value of that option.
    """

    scheme: Scheme
    option: str
    file: str | None

    def from_file(self) -> str | None:
        """The key in the file, or None if no file was named."""
        if self.file is None:
            return None
        if self.file == "-" and sys.stdin.isatty():
            problem = f"{self.option}: a terminal would show the key: use a pipe"
            raise CommandError(Code.USAGE, problem)
        content = read_file(self.option, self.file, LONGEST_KEY)
        # Editors and `echo` add a line end. The client refuses anything else around the key.
        key = content.decode("ascii", errors="replace").removesuffix("\n").removesuffix("\r")
        if not key.strip():
            raise CommandError(Code.USAGE, f"{self.option}: {self.file} is empty")
        return key


def file_name(_: object, file: object) -> None:
    """Refuse an empty name of a file: as a path it is the current folder."""
    if file == "":
        raise ValueError("It is the name of no file.")


FLAG = Parameter(negative=(), show_default=False)
"""Makes an option without a value."""

FILE = Parameter(metavar="FILE", allow_leading_hyphen=True, validator=file_name)
"""Makes an option whose value is a file."""


def _option(group: Group, text: str, **more: Any) -> Parameter:
    return Parameter(group=group, help=text, **more)


@frozen(kw_only=True)
class Options:
    """The options of every command."""

    base_url: Annotated[
        str | None,
        _option(
            CONNECTION,
            f"The URL of the API. The default is {BASE_URL_VARIABLE} of the environment, "
            f"else {BASE_URL}.",
            metavar="URL",
        ),
    ] = None
    timeout: Annotated[
        float,
        _option(
            CONNECTION,
            "How long connecting and each wait for data may take, in every attempt.",
            metavar="SECONDS",
            validator=Number(gt=0, lte=LONGEST_TIMEOUT),
        ),
    ] = 30.0
    verbose: Annotated[
        bool,
        FLAG,
        _option(CONNECTION, "Show requests, without the key, and responses on standard error."),
    ] = False


@frozen(kw_only=True)
class FileOptions(Options):
    """The options of a command that writes a file."""

    output: Annotated[
        str | None,
        FILE,
        _option(OUTPUT, "Write to FILE, whole or not at all, instead of standard output."),
    ] = None


@frozen(kw_only=True)
class TableOptions(FileOptions):
    """The options of a command that writes rows."""

    output_format: Annotated[
        Format | None,
        _option(
            OUTPUT,
            "The default follows the extension of FILE, else it is table. Parquet needs pyarrow.",
            name="--format",
        ),
    ] = None
    bom: Annotated[
        bool,
        FLAG,
        _option(OUTPUT, "Begin CSV with a byte order mark, by which Excel knows UTF-8."),
    ] = False


def command_line(text: str) -> App:
    """The program, to which the commands are then added."""
    app = App(
        name=PROJECT,
        help=text,
        help_epilogue=CODES,
        help_format="plaintext",
        version=__version__,
        suppress_keyboard_interrupt=False,
    )
    for flag in ("--help", "--version"):
        app[flag].group = "Options"

    def install_completion(
        *,
        shell: Annotated[
            Literal["bash", "fish", "powershell", "zsh"] | None,
            Parameter(name="--shell", help="The default is the shell that runs this command."),
        ] = None,
    ) -> None:
        # Slow to import, and used only here.
        from cyclopts.completion import ShellDetectionError, detect_shell, install

        try:
            shell = shell or detect_shell()
            path = app.install_completion(shell=shell, add_to_startup=False)
            # Fish reads the folder of the script.
            changed = shell != "fish" and install.add_to_rc_file(path, PROJECT, shell)
        except ShellDetectionError as error:
            raise CommandError(Code.USAGE, f"--install-completion: {error}; see --shell") from None
        except OSError as error:
            problem = f"--install-completion: {error.filename}: {error.strerror}"
            raise CommandError(Code.OUTPUT, problem) from None
        files = f"{path} is written"
        if changed:
            startup = {"bash": Path.home() / ".bashrc", "zsh": Path.home() / ".zshrc"}
            files += f", and {startup.get(shell) or install.powershell_profile()} loads it now"
        sys.stdout.write(f"{files}. New shells complete commands and options.\n")

    app.command(
        install_completion,
        name="--install-completion",
        group="Options",
        help="Install the completion of commands and options for this shell.",
        help_epilogue="",
    )
    return app


def examples(*calls: str) -> str:
    """The examples below the options of a command."""
    return "\n".join(["Examples:", *(f"  {PROJECT} {call}" for call in calls)])


def run(
    options: Options,
    keys: Sequence[Key],
    call: Callable[[Client], object],
    columns: Columns | None,
    asked: Mapping[str, tuple[str, Any]] | None = None,
    *,
    deprecated: bool,
) -> int:
    """Call an operation, and write its result.

    Args:
        options: The options of every command.
        keys: The keys that the client may need.
        call: Calls the operation on a client.
        columns: The rows and columns of the result; None if it is text, bytes or nothing.
        asked: By question about the rows, the name and the value of its option.
        deprecated: Whether the document marks the operation as deprecated.
    """
    if deprecated:
        report("this command is deprecated")
    if [key.file for key in keys].count("-") > 1:
        raise CommandError(Code.USAGE, "standard input can be the file of one key only")
    texts = [(key.scheme, text) for key in keys if (text := key.from_file()) is not None]
    given = {scheme.argument: scheme.from_text(text) for scheme, text in texts}
    secrets = [text for _, text in texts]
    secrets += [
        os.environ[name] for key in keys for name in key.scheme.environment if name in os.environ
    ]
    hide = hiding(secrets)
    output = options.output if isinstance(options, FileOptions) else None
    output_format = options.output_format if isinstance(options, TableOptions) else None
    bom = isinstance(options, TableOptions) and options.bom
    transfer = Transfer(
        verbose=options.verbose,
        secret_headers={*(key.scheme.header.lower() for key in keys), *SECRET_HEADERS},
        report=lambda line: report(hide(line)),
    )
    arguments: dict[str, Any] = {
        "base_url": options.base_url,
        "timeout": options.timeout,
        "httpx_args": {"event_hooks": transfer.hooks()},
        **given,
    }
    try:
        write = writer(output, output_format, columns, hide, Questions.read(asked or {}), bom=bom)
        with destination(output) as stream, transfer, Client(**arguments) as client:
            with warnings.catch_warnings():
                # The user has been told that the operation is deprecated.
                warnings.simplefilter("ignore", DeprecationWarning)
                result = call(client)
            write(result, stream, transfer.writing)
    except (errors.APIError, errors.ConfigurationError) as error:
        line = _as_options(str(error), keys)
        if isinstance(error, errors.APIStatusError) and error.retry_after is not None:
            line += f" (Retry-After: {error.retry_after:.0f} s)"
        raise CommandError(code_of(error), hide(line)) from None
    except CommandError as error:
        raise CommandError(error.code, hide(str(error))) from None
    return Code.DONE


def hiding(secrets: Sequence[str]) -> Callable[[str], str]:
    """A function that removes secrets from a text, also if they are escaped as in JSON."""
    words = [word for secret in secrets if (word := secret.strip())]
    words += [inner for word in words if (inner := json.dumps(word)[1:-1]) != word]

    def hide(text: str) -> str:
        for word in words:
            if word in text:
                text = text.replace(word, "[key]")
        return text

    return hide


def _as_options(text: str, keys: Sequence[Key]) -> str:
    """A message of the client, with the names of options instead of arguments."""
    if text.startswith("base_url: "):
        text = f"--base-url: {text.removeprefix('base_url: ')}"
    followed = "which only a client with follow_redirects=True follows"
    text = text.replace(followed, "which is not followed: see --base-url")
    for key in keys:
        text = text.replace(f"pass {key.scheme.argument}=…", f"pass {key.option} FILE")
        text = text.replace(f"the argument {key.scheme.argument}", key.option)
    return text


def report(line: str) -> None:
    """Write a line to standard error."""
    write_error(f"{PROJECT}: {printable(line)}")


def main(app: App, arguments: Sequence[str], keys: Sequence[Key]) -> int:
    """Run the command line, and return its exit code. An error is one line on standard error."""
    if not WIDTH.fullmatch(os.environ.get("COLUMNS", "")):
        os.environ.pop("COLUMNS", None)  # rich, which writes the help, fails on it
    try:
        with signals():
            code = app(
                arguments, exit_on_error=False, print_error=False, result_action="return_value"
            )
            sys.stdout.flush()
            return int(code or 0)
    except CommandError as failure:
        report(str(failure))
        if failure.code == Code.OUTPUT:
            discard(sys.stdout)
        return failure.code
    except CycloptsError as error:
        secrets = [os.environ.get(name, "") for key in keys for name in key.scheme.environment]
        report(hiding(secrets)(_usage(error, keys)))
        return Code.USAGE
    except (BrokenPipeError, SystemExit):  # rich exits when the pipe of a help is broken
        return end_by(SIGPIPE)
    except OSError as error:  # of a help
        report(f"{error.filename or 'standard output'}: {error.strerror}")
        discard(sys.stdout)
        return Code.OUTPUT
    except KeyboardInterrupt:
        return end_by(signal.SIGINT)
    except Stopped as stopped:
        return end_by(stopped.number)


def _usage(error: CycloptsError, keys: Sequence[Key]) -> str:
    """The message for wrong arguments, which does not repeat a key."""
    if isinstance(error, UnusedCliTokensError):
        return f"too many arguments: {', '.join(map(named, error.unused_tokens or ()))}: see --help"
    if isinstance(error, UnknownOptionError):
        for key in keys:
            name = key.option.removesuffix("-file")
            if (error.token.keyword or error.token.value).partition("=")[0] == name:
                instead = " or ".join([f"{key.option} FILE", *key.scheme.environment])
                return f"{name}: other users can see arguments, so a key is refused: use {instead}"
    return str(error)


def named(argument: str) -> str:
    """An argument in quotes, or its length, because a long one could be a key."""
    return (
        repr(argument) if len(argument) <= LONGEST_NAMED else f"one of {len(argument)} characters"
    )
