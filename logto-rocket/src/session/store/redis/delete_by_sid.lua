for _, id in ipairs(redis.call('ZRANGE', by_sid(ARGV[2]), 0, -1)) do remove(id) end
