-- Notes a session in a list, with the time at which it is over at the latest. Those that are over leave the
-- list, and it ends with the last. A session is noted before it is written, so it stays a minute longer.
local id, life = ARGV[1], ARGV[2] + 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over_at = tonumber(redis.call('ZSCORE', KEYS[1], id) or 0)
-- Another process may have prolonged the session, and write it later than this.
if over_at < now + life then redis.call('ZADD', KEYS[1], now + life, id) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('PTTL', KEYS[1]) < life then redis.call('PEXPIRE', KEYS[1], life) end
