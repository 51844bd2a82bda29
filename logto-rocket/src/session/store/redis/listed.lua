if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'h', ARGV[1]) end
