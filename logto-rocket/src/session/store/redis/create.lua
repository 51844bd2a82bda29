local _, id, ttl, sealed, signed_in_at, sub, sid = unpack(ARGV)
put(id, 0, tonumber(ttl), sealed, signed_in_at, sub, sid)
