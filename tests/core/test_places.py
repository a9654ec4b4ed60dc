import pytest
from redis import Redis

from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.places import Places


def test_a_site_serves_so_many_streams_at_once_and_no_more(redis: Redis) -> None:
	places, others = Places(redis, "a.test", 2), Places(redis, "b.test", 1)
	first, second = places.take(), places.take()
	with pytest.raises(TooManyRequests):
		places.take()
	assert places.keep(first)
	others.take()
	places.give_back(second)
	assert places.keep(places.take())
