-- Deletes a session, and answers with what it was found by. A list may have sessions that are over, or that
-- have another name by now.
local column, name, not_after = unpack(ARGV)
local sub, sid, signed_in_at = unpack(redis.call('HMGET', KEYS[1], 'u', 'd', 't'))
if not sub then return {} end
if column == 'u' and sub ~= name or column == 'd' and sid ~= name then return {} end
if not_after and tonumber(signed_in_at) > tonumber(not_after) then return {} end
redis.call('DEL', KEYS[1])
return { sub, sid }
