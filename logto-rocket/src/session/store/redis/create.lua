put(0, unpack(ARGV))
