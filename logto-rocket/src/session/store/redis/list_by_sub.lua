local sessions = {}
for _, id in ipairs(redis.call('ZRANGE', by_sub(ARGV[2]), 0, -1)) do
  local sealed, version = unpack(redis.call('HMGET', session(id), 'r', 'v'))
  if sealed then table.insert(sessions, { id, sealed, version }) end
end
return sessions
