local version, next, ttl, run, sealed, signed_in_at, sub, sid = unpack(ARGV)
local current, text = unpack(redis.call('HMGET', KEYS[1], 'v', 'r'))
if not current then return 'gone' end
-- The same text has been written by the same call, whose answer was lost on its way.
if current == next and text == sealed then return 'stored' end
if current ~= version then return 'conflict' end
put(next, ttl, run, sealed, signed_in_at, sub, sid)
return 'stored'
