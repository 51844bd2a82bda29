local _, id, version, next, ttl, sealed, signed_in_at, sub, sid = unpack(ARGV)
local current, text, old_sub, old_sid = unpack(redis.call('HMGET', session(id), 'v', 'r', 'u', 'd'))
if not current then return 'gone' end
-- The same text has been written by the same call, whose answer was lost on its way.
if current == next and text == sealed then return 'stored' end
if current ~= version then return 'conflict' end
put(id, next, tonumber(ttl), sealed, signed_in_at, sub, sid)
if old_sub ~= sub then redis.call('ZREM', by_sub(old_sub), id) end
if old_sid and old_sid ~= sid then redis.call('ZREM', by_sid(old_sid), id) end
return 'stored'
