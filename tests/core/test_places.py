import pytest
from redis import Redis

from ai_assistant.core.errors import TooManyRequests
from ai_assistant.core.places import Places


def test_a_site_serves_so_many_streams_at_once_and_no_more(redis: Redis) -> None:
	places, others = Places(redis, "a.test", 2, 5), Places(redis, "b.test", 1, 5)
	first, second = places.take("ann"), places.take("bob")
	with pytest.raises(TooManyRequests, match="on this site"):
		places.take("bob")
	assert places.keep(first)
	others.take("ann")
	places.give_back(second)
	assert places.keep(places.take("ann"))


def test_one_user_leaves_room_for_others(redis: Redis) -> None:
	places = Places(redis, "a.test", 3, 2)
	first, _ = places.take("ann"), places.take("ann")
	with pytest.raises(TooManyRequests, match="You have"):
		places.take("ann")
	places.take("bob")
	places.give_back(first)
	places.take("ann")
