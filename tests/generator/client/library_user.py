"""A program over the library's client that is never run, only type-checked, by several checkers.

Each `assert_type` is what an editor shows to a user of the client. `library_client` exists only
where tests/test_types.py has generated it, beside a copy of this file.
"""

import datetime as dt
from typing import Any, Literal, assert_type
from uuid import UUID

from library_client import Client, errors
from library_client.api.catalogue import get_book, get_shelf, list_books, remove_book, replace_book
from library_client.models import (
    Author,
    Book,
    BookChange,
    BookPage,
    BookStatus,
    Condition,
    EmailContact,
    Health,
    Journal,
    LetterContact,
    Loan,
    LoanDays,
    LoanRequest,
    Member,
    NewBook,
    NewBookPublisher,
    Receipt,
    Renewal,
    Subject,
)
from library_client.types import Unset


def calls(client: Client, book_id: UUID) -> None:
    new = NewBook(title="Emma", authors=[Author(name="Jane Austen", born=dt.date(1775, 12, 16))])
    change = BookChange(title="Emma", price=None, condition=Condition.WORN)
    assert_type(client.default.get_health(), Health)
    assert_type(client.catalogue.list_books(), BookPage)
    assert_type(
        client.catalogue.list_books(
            q="emma",
            status=[BookStatus.AVAILABLE, BookStatus.LOST],
            subject=["fiction"],
            reference_only=True,
            published_after=dt.date(1800, 1, 1),
            added_since=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            limit=5,
            from_="E",
            x_reader_language="en",
        ),
        BookPage,
    )
    assert_type(client.catalogue.add_book(body=new), Book)
    assert_type(client.catalogue.get_book(book_id), Book)
    assert_type(client.catalogue.get_book(book_id=book_id), Book)
    assert_type(client.catalogue.replace_book(book_id, body=new), Book | Receipt)
    assert_type(client.catalogue.change_book(book_id, body=change), Book)
    assert_type(client.catalogue.get_cover(book_id), bytes)
    assert_type(client.catalogue.get_shelf("north", 3), list[list[UUID | None]])
    assert_type(client.catalogue.get_subjects(), Subject)
    assert_type(client.loans_members.get_member("a/1", branch="west"), Member)
    lent = client.loans_members.lend_book(
        body=LoanRequest(book_id=book_id, member_number="a/1", days=LoanDays.VALUE_14)
    )
    assert_type(lent, Loan)
    assert_type(client.loans_members.renew_loan(lent.number), Loan)
    assert_type(client.loans_members.renew_loan(lent.number, body=Renewal(note="ill")), Loan)
    client.catalogue.remove_book(book_id)


def deprecated_call(client: Client) -> None:
    item = client.catalogue.find_item("978-0")  # pyright: ignore[reportDeprecated]
    assert_type(item, Book | Journal)
    if isinstance(item, Journal):
        assert_type(item.kind, Literal["journal"])
        assert_type(item.issues, dict[str, int])
    else:
        assert_type(item.kind, Literal["book"])


async def async_calls(client: Client, book_id: UUID) -> None:
    new = NewBook(title="Emma", authors=[])
    assert_type(await client.default.get_health_async(), Health)
    assert_type(await client.catalogue.list_books_async(limit=5), BookPage)
    assert_type(await client.catalogue.replace_book_async(book_id, body=new), Book | Receipt)
    assert_type(await client.catalogue.get_cover_async(book_id), bytes)
    assert_type(await client.catalogue.get_shelf_async("north", 3), list[list[UUID | None]])
    assert_type(await client.loans_members.renew_loan_async(1), Loan)
    await client.catalogue.remove_book_async(book_id)


def modules(client: Client, book_id: UUID) -> None:
    new = NewBook(title="Emma", authors=[])
    assert_type(list_books.sync(client=client), BookPage)
    assert_type(get_book.sync(book_id, client=client), Book)
    assert_type(get_shelf.sync("north", 3, client=client), list[list[UUID | None]])
    assert_type(replace_book.sync(book_id, client=client, body=new), Book | Receipt)
    assert_type(get_book.sync_detailed(book_id, client=client).status_code, int)
    assert_type(get_book.sync_detailed(book_id, client=client).content, bytes)
    remove_book.sync(book_id, client=client)


async def async_modules(client: Client, book_id: UUID) -> None:
    assert_type(await list_books.asyncio(client=client), BookPage)
    assert_type(await get_book.asyncio(book_id, client=client), Book)
    assert_type((await get_book.asyncio_detailed(book_id, client=client)).status_code, int)
    await remove_book.asyncio(book_id, client=client)


def fields(book: Book, member: Member, subject: Subject) -> None:
    assert_type(book.id, UUID)
    assert_type(book.kind, Literal["book"])
    assert_type(book.class_, str)
    assert_type(book.added_at, dt.datetime)
    assert_type(book.published, dt.date | None | Unset)
    assert_type(book.edition, int | str | Unset)
    assert_type(book.publisher, NewBookPublisher | Unset)
    assert_type(book.previous_classes, list[list[str]] | Unset)
    assert_type(member.from_, dt.date)
    assert_type(member.contact, EmailContact | LetterContact)
    assert_type(member.guarantor, EmailContact | None)
    assert_type(member.fines, dict[str, float])
    assert_type(subject.narrower, list[Subject])
    assert_type(subject.see_also, Subject | None | Unset)
    assert_type(book.to_dict(), dict[str, Any])
    assert_type(Book.from_dict({}), Book)
    if not isinstance(book.publisher, Unset):
        assert_type(book.publisher.name, str)


def failures(client: Client, book_id: UUID) -> None:
    try:
        client.catalogue.get_book(book_id)
    except errors.RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except errors.NotFoundError as error:
        assert_type(error.status_code, int)
    except errors.ResponseValidationError as error:
        assert_type(error.path, str)
    except errors.APIConnectionError as error:
        assert_type(error, errors.APIConnectionError)
