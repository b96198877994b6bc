import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from reviews_site.lib.breaker import cache_breaker

logger = logging.getLogger(__name__)

AWAY = (redis.ConnectionError, redis.TimeoutError, OSError)


class OneClient(RedisCacheClient):
    """Django makes a client for each command, which costs more than the command; only its pool needs to be shared."""

    _kept: redis.Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class CountingRedisCache(RedisCache):
    _cache: OneClient

    def count(self, key: str, now: float, seconds: int, by: int = 1) -> tuple[int, int]:
        """How much was counted in the present stretch of so many seconds, this included, and in the whole one before."""
        number = int(now // seconds)
        present, before = (
            self.make_and_validate_key(f"{key}:{n}") for n in (number, number - 1)
        )
        commands = self._cache.get_client(write=True).pipeline(transaction=False)
        commands.incrby(present, by)
        commands.expire(present, 2 * seconds)
        commands.get(before)
        counted, _, earlier = commands.execute()
        return counted, int(earlier or 0)


class TolerantRedisCache(CountingRedisCache):
    """A cache that answers "not there" while Redis is away: the pages are slower, none fails."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient

    def _quietly(self, method: str, fallback: Any, *args: Any, **kwargs: Any) -> Any:
        if cache_breaker.is_open():
            return fallback
        try:
            return getattr(super(), method)(*args, **kwargs)
        except (redis.RedisError, OSError) as error:
            if isinstance(error, AWAY):
                cache_breaker.trip()
            logger.warning("Redis cache: %s failed: %s", method, type(error).__name__)
            return fallback

    def add(self, *args: Any, **kwargs: Any) -> bool:
        # True: whoever asks "am I the first?" goes on, and the work is done twice rather than never.
        return bool(self._quietly("add", True, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._quietly("get", default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._quietly("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("delete", False, *args, **kwargs))

    def count(self, *args: Any, **kwargs: Any) -> tuple[int, int]:
        return self._quietly("count", (0, 0), *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict:
        return dict(self._quietly("get_many", {}, *args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list:
        return list(self._quietly("set_many", [], *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._quietly("delete_many", None, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._quietly("incr", delta, key, delta, version))
