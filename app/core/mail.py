"""The only door to a mail server: builds one message and hands it over by SMTP."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from types import TracebackType

from flask import current_app

from app.core import clock

# Seconds for each answer of the server; a hanging server must not hold the lease of a mail.
TIMEOUT = 15


class Refused(Exception):
    """The server will never take this mail (5xx for its recipient or content): no further try helps."""


class Unavailable(Exception):
    """The server could not be reached, or asks to come back later."""


def configured() -> bool:
    """Whether a mail server is set up."""
    return bool(current_app.config["SMTP_HOST"])


def one_line(text: str) -> str:
    """`text` fit for a header: control characters and line ends become single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def build(*, key: str, recipient: str, subject: str, body: str) -> EmailMessage:
    """A text mail; the same `key` always gives the same Message-ID, so a repeat can be recognised."""
    sender = current_app.config["MAIL_FROM"]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(subject)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Date"] = format_datetime(clock.local(clock.now()))
    message["Message-ID"] = f"<{key.replace(':', '.')}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


class Connection:
    """One session with the server, opened at the first mail: `with Connection() as server: server.send(...)`."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None

    @property
    def is_open(self) -> bool:
        """Whether the last mail left the session usable."""
        return self._smtp is not None and self._smtp.sock is not None

    def send(self, *, key: str, recipient: str, subject: str, body: str) -> None:
        """Hand one mail over; raises `Refused` or `Unavailable` with the server's words."""
        try:
            message = build(key=key, recipient=recipient, subject=subject, body=body)
        except (ValueError, IndexError) as error:
            raise Refused(f"not a usable address or subject: {error}") from error
        try:
            if self._smtp is None or not self.is_open:
                self._smtp = self._open()
            self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _by_code(code, answer) from error
        except smtplib.SMTPDataError as error:
            raise _by_code(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise Refused(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            # Log-in refused, sender refused, TLS trouble, nobody there: the set-up's fault, not this mail's.
            self._drop()
            raise Unavailable(f"{type(error).__name__}: {error}") from error

    def _open(self) -> smtplib.SMTP:
        settings = current_app.config
        smtp = smtplib.SMTP(settings["SMTP_HOST"], settings["SMTP_PORT"], timeout=TIMEOUT)
        try:
            if settings["SMTP_STARTTLS"]:
                smtp.starttls(context=ssl.create_default_context())
            if settings["SMTP_USER"]:
                smtp.login(settings["SMTP_USER"], settings["SMTP_PASSWORD"])
        except smtplib.SMTPNotSupportedError as error:
            # What we insist on is not offered: never fall back to plain text, never blame the mail.
            smtp.close()
            raise Unavailable(str(error)) from error
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _by_code(code: int, answer: bytes | str) -> Refused | Unavailable:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return (Refused if code >= 500 else Unavailable)(f"{code} {one_line(text)}")
