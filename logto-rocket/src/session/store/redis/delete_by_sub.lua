for _, id in ipairs(redis.call('ZRANGE', by_sub(ARGV[2]), 0, -1)) do
  local signed_in_at = redis.call('HGET', session(id), 't')
  if signed_in_at and tonumber(signed_in_at) <= tonumber(ARGV[3]) then remove(id) end
end
