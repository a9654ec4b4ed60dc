"""What the queue does in one step of Redis. Which keys these are, queue.py says."""

from __future__ import annotations

from ai_assistant.core.journal import PUBLISH

_NOW = "local time = redis.call('TIME') local now = time[1] + time[2] / 1000000 "

_RECALL = """
local function recall(queue, aside, site)
	local items = redis.call('LRANGE', aside, 0, -1)
	for i = #items, 1, -1 do
		if string.sub(items[i], 1, #site + 1) == site .. ' ' then
			redis.call('LREM', aside, 1, items[i])
			redis.call('LPUSH', queue, items[i])
		end
	end
end
"""

RECALL = _RECALL + "recall(KEYS[1], KEYS[2], ARGV[1])"

PUT_NEW = (
	PUBLISH
	+ _RECALL
	+ _NOW
	+ """
if redis.call('EXISTS', KEYS[2]) == 0 then
	redis.call('XADD', KEYS[2], ARGV[2], 'event', ARGV[3])
	redis.call('EXPIRE', KEYS[2], ARGV[5])
	publish(ARGV[3], ARGV[4])
	redis.call('RPUSH', KEYS[1], ARGV[1])
end
recall(KEYS[1], KEYS[4], ARGV[6])
return redis.call('ZCOUNT', KEYS[3], now, '+inf')
"""
)

HAS_ENGINE = _NOW + "return redis.call('ZCOUNT', KEYS[1], now, '+inf')"

HAS_LOST = _NOW + "return redis.call('ZCOUNT', KEYS[1], '-inf', now)"

RENEW = (
	_NOW
	+ """
if redis.call('EXISTS', KEYS[3]) == 1 then
	while redis.call('RPOPLPUSH', KEYS[2], KEYS[6]) do end
	return false
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if ARGV[3] == '1' then redis.call('ZADD', KEYS[5], now + ARGV[2], ARGV[1]) end
if redis.call('EXISTS', KEYS[2]) == 0 then
	for i = 4, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
end
return {redis.call('SMEMBERS', KEYS[4]), redis.call('LRANGE', KEYS[2], 0, -1)}
"""
)

REAP = (
	_NOW
	+ """
local moved = {}
for _, engine in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
	if engine ~= ARGV[4] then
		local claims = ARGV[1] .. engine
		local item = redis.call('RPOPLPUSH', claims, KEYS[2])
		while item do
			table.insert(moved, item)
			item = redis.call('RPOPLPUSH', claims, KEYS[2])
		end
		redis.call('ZREM', KEYS[3], engine)
		redis.call('SET', ARGV[2] .. engine, 1, 'EX', ARGV[3])
		if redis.call('ZSCORE', KEYS[1], engine) + ARGV[5] < now then
			redis.call('ZREM', KEYS[1], engine)
		end
	end
end
return moved
"""
)


LEAVE = """
local item = redis.call('RPOPLPUSH', KEYS[2], KEYS[3])
while item do item = redis.call('RPOPLPUSH', KEYS[2], KEYS[3]) end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('SET', KEYS[5], 1, 'EX', ARGV[2])
"""
