-- What every script begins with: where things are, and how the indexes are kept. ARGV[1] is what
-- all keys begin with.
--
--   {prefix}:s:{id}   a session: sealed (r), version (v), sub (u), sid (d), signed in at (t)
--   {prefix}:u:{sub}  the ids of a user's sessions, each with the time at which it is over
--   {prefix}:d:{sid}  the same of a session at Logto
local function session(id) return ARGV[1] .. ':s:' .. id end
local function by_sub(sub) return ARGV[1] .. ':u:' .. sub end
local function by_sid(sid) return ARGV[1] .. ':d:' .. sid end

-- Notes a session in an index. Those that are over leave it, and it ends with the last.
local function note(index, id, ttl)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', index, now + ttl, id)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
  if redis.call('PTTL', index) < ttl then redis.call('PEXPIRE', index, ttl) end
end

-- Takes a session out of the indexes.
local function forget(id)
  local columns = redis.call('HMGET', session(id), 'u', 'd')
  if columns[1] then redis.call('ZREM', by_sub(columns[1]), id) end
  if columns[2] then redis.call('ZREM', by_sid(columns[2]), id) end
end

local function remove(id)
  forget(id)
  redis.call('DEL', session(id))
end

local function put(id, version, ttl, sealed, signed_in_at, sub, sid)
  local key = session(id)
  -- It is the first to write: where there is no room, nothing has been done yet.
  redis.call('HSET', key, 'v', version, 'r', sealed, 't', signed_in_at, 'u', sub)
  if sid then redis.call('HSET', key, 'd', sid) else redis.call('HDEL', key, 'd') end
  redis.call('PEXPIRE', key, ttl)
  note(by_sub(sub), id, ttl)
  if sid then note(by_sid(sid), id, ttl) end
end
