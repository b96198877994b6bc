"""A worker's place for a message, after Redis didn't answer that it is done."""

import logging
import uuid
from contextlib import closing

import pytest
from kombu import Connection, Message, Queue

from reviews_site.celery import app
from tests.redis_proxy import RedisProxy, number_of_broker, redis_proxy

PLACES = 2


@pytest.fixture
def proxy():
    with redis_proxy() as proxy:
        yield proxy


@pytest.fixture
def connection(proxy):
    with app.connection(f"{proxy.url}/{number_of_broker()}") as connection:
        yield connection


class Worker:
    """Takes as many as it may have in hand."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.messages = connection, list[Message]()
        self.queue = Queue(f"places-{uuid.uuid4().hex}")(connection.channel())
        self.queue.declare()
        self.consumer = connection.Consumer(
            self.queue, on_message=self.messages.append, prefetch_count=PLACES
        )
        self.consumer.consume()

    def post(self, *texts: str) -> None:
        with closing(self.connection.Producer()) as producer:
            for text in texts:
                producer.publish(text, routing_key=self.queue.name)

    def bodies(self, seconds: float = 3) -> list[str]:
        """Of all that it got, with what comes within that time."""
        try:
            while True:
                self.connection.drain_events(timeout=seconds)
        except TimeoutError:
            return [message.payload for message in self.messages]


@pytest.fixture
def worker(connection):
    worker = Worker(connection)
    worker.post("one", "two", "three")
    yield worker
    worker.queue.delete()


def lies_in_redis(message: Message) -> bool:
    return bool(message.channel.client.hget("unacked", message.delivery_tag))


def test_it_takes_no_more_than_it_may_have_in_hand(worker):
    assert worker.bodies() == ["one", "two"]


@pytest.mark.parametrize("done", [Message.ack_log_error, Message.reject_log_error])
def test_what_redis_did_not_hear_of_takes_no_place_away(
    worker, connection, proxy: RedisProxy, caplog, done
):
    assert worker.bodies() == ["one", "two"]
    proxy.silent = True
    for message in worker.messages:
        done(message, logging.getLogger(__name__), connection.connection_errors)
    proxy.silent = False
    assert caplog.text.count("Couldn't") == PLACES
    assert worker.bodies() == ["one", "two", "three"]


def test_what_redis_heard_of_is_not_given_again(worker):
    assert worker.bodies() == ["one", "two"]
    lying = [lies_in_redis(message) for message in worker.messages]
    for message in worker.messages:
        message.ack()
    assert worker.bodies() == ["one", "two", "three"]
    assert lying == [True, True]
    assert [lies_in_redis(message) for message in worker.messages] == [False, False, True]  # fmt: skip
