"""Everybody asks at once, as browsers and programs do: over HTTP, by page and by API in turn. It knows no database."""

import html
import http.client
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

TIMEOUT_SECONDS = 120
DELIVERED, THROTTLED, SIGNED_OUT, NOT_THERE = (
    "delivered",
    "throttled",
    "signed_out",
    "not_there",
)
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
CONVERSATION = re.compile(r"/(?:messages|conversations)/([0-9a-f-]{36})/")


@dataclass(frozen=True)
class Credentials:
    """Of one account: for its browser and for its program."""

    session: str
    api_token: str


@dataclass(frozen=True)
class Question:
    """`client_key` is made with the form, and is the Idempotency-Key of the API."""

    asker: int
    review: int
    review_id: str
    way: str
    body: str
    client_key: str


@dataclass(frozen=True)
class Answer:
    """`code`: "delivered", or why not; `conversation`: where it was delivered to."""

    question: Question
    code: str
    conversation: str
    began: float
    ended: float
    # The same again with the same key, as after a lost answer; where the first was delivered.
    again: str = ""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Account:
    """One asker's thread: one question after the other, as fast as the answers come."""

    def __init__(
        self, port: int, credentials: Credentials, labels: Mapping[str, str]
    ) -> None:
        self.port = port
        self.credentials = credentials
        self.labels = labels
        self.csrf_cookie, self.csrf_token = self._csrf()

    def ask_all(self, questions: Sequence[Question], until: float) -> list[Answer]:
        """Until that moment of the monotonic clock at most."""
        answers = []
        for question in questions:
            if time.monotonic() >= until:
                break
            answer = self._ask(question)
            answers.append(answer)
            if answer.code == THROTTLED:
                # The API's own limit on requests was reached: the browser asks instead.
                by_page = Question(**question.__dict__ | {"way": "page"})
                answers.append(self._ask(by_page))
        return answers

    def _ask(self, question: Question) -> Answer:
        send = self._by_page if question.way == "page" else self._by_api
        began = time.monotonic()
        code, conversation = send(question)
        ended = time.monotonic()
        again = ""
        if code == DELIVERED:
            code_again, again = send(question)
            again = again if code_again == DELIVERED else code_again
        return Answer(question, code, conversation, began, ended, again)

    def _by_page(self, question: Question) -> tuple[str, str]:
        form = {
            "csrfmiddlewaretoken": self.csrf_token,
            "body": question.body,
            "client_key": question.client_key,
        }
        reply = self._request(
            "POST",
            f"/reviews/{question.review_id}/message/",
            urlencode(form),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={self.credentials.session}; csrftoken={self.csrf_cookie}",
            },
        )
        if reply.status == 302:
            return self._read_way(reply.headers["location"])
        if reply.status == 404:
            return NOT_THERE, ""
        text = html.unescape(reply.body.decode())
        found = [code for code, label in self.labels.items() if label in text]
        if reply.status in (403, 429) and len(found) == 1:
            return found[0], ""
        return f"page answered {reply.status} {found}", ""

    def _read_way(self, location: str) -> tuple[str, str]:
        if found := CONVERSATION.search(location):
            return DELIVERED, found[1]
        signed_out = location.startswith("/accounts/login/")
        return (SIGNED_OUT if signed_out else f"page led to {location}"), ""

    def _by_api(self, question: Question) -> tuple[str, str]:
        said = {"review": question.review_id, "body": question.body}
        reply = self._request(
            "POST",
            "/api/v1/conversations/",
            json.dumps(said),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.credentials.api_token}",
                "Idempotency-Key": question.client_key,
            },
        )
        data = json.loads(reply.body)
        if reply.status == 201:
            return DELIVERED, str(data["public_id"])
        if reply.status == 401:
            return SIGNED_OUT, ""
        if reply.status == 400 and list(data.get("errors", {})) == ["review"]:
            return NOT_THERE, ""
        if reply.status == 429 and data.get("code") == "throttled":
            return THROTTLED, ""
        return str(data.get("code", f"API answered {reply.status} {data}")), ""

    def _csrf(self) -> tuple[str, str]:
        """As a browser has it: from a page with a form."""
        session = {"Cookie": f"sessionid={self.credentials.session}"}
        reply = self._request("GET", "/accounts/login/", "", session)
        if reply.status == 302:
            reply = self._request("GET", "/me/", "", session)
        cookie = re.search(r"csrftoken=([^;]+)", reply.headers["set-cookie"])
        token = TOKEN.search(reply.body)
        assert cookie and token, f"No form to ask with: {reply.status}"
        return cookie[1], token[1].decode()

    def _request(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> Reply:
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS
        )
        try:
            line.request(method, path, body.encode(), dict(headers))
            response = line.getresponse()
            said = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, said, response.read())
        finally:
            line.close()


def ask_in_parallel(
    port: int,
    credentials: Mapping[int, Credentials],
    questions: Mapping[int, Sequence[Question]],
    labels: Mapping[str, str],
    seconds: float,
) -> list[Answer]:
    """One thread for each account; `labels`: what a page says, by the code of the refusal."""
    until = time.monotonic() + seconds

    def run(asker: int) -> list[Answer]:
        account = Account(port, credentials[asker], labels)
        return account.ask_all(questions[asker], until)

    with ThreadPoolExecutor(len(questions)) as pool:
        return [answer for each in pool.map(run, questions) for answer in each]


def new_key() -> str:
    return str(uuid.uuid4())
