-- A session: sealed (r), version (v), sub (u), sid (d), signed in at (t), and in which run of Redis its
-- lists have it (h). KEYS[1] is its key, and the only one.
local function put(version, ttl, run, sealed, signed_in_at, sub, sid)
  redis.call('HSET', KEYS[1], 'v', version, 'h', run, 'r', sealed, 't', signed_in_at, 'u', sub)
  if sid then redis.call('HSET', KEYS[1], 'd', sid) else redis.call('HDEL', KEYS[1], 'd') end
  redis.call('PEXPIRE', KEYS[1], ttl)
end
