"""A worker's place for a message, after Redis didn't answer that it is done."""

import logging
import ssl
import uuid
from contextlib import closing

import pytest
from kombu import Connection, Message, Queue

from reviews_site import broker
from reviews_site.celery import app
from reviews_site.lib.env import broker_encryption
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


@pytest.mark.parametrize(
    ("address", "is_encrypted"),
    [
        ("redis://host:6379/0", False),
        ("rediss://host:6379/0", True),
        ("redis+socket:///run/redis.sock?virtual_host=0", False),
    ],
)
def test_each_kind_of_address_has_it(address, is_encrypted):
    connection = app.connection(address)
    assert isinstance(connection.transport, broker.Transport)
    assert bool(connection.ssl) == is_encrypted
    assert connection.transport.Channel.QoS is broker.QoS
    assert connection.as_uri().partition(":")[0] in {"redis", "rediss", "redis+socket"}


@pytest.mark.parametrize(
    ("address", "asked_for"),
    [
        ("rediss://host:6379/0", ssl.CERT_REQUIRED),
        ("rediss://host:6379/0?ssl_cert_reqs=optional", ssl.CERT_OPTIONAL),
    ],
)
def test_an_encrypted_broker_must_show_a_certificate(address, asked_for):
    with app.connection(address, ssl=broker_encryption(address)) as connection:
        assert connection.ssl["ssl_cert_reqs"] == asked_for


def test_a_broker_in_clear_text_is_asked_for_none():
    assert broker_encryption("redis://host:6379/0") is None
    assert broker_encryption("redis+socket:///run/redis.sock?virtual_host=0") is None
