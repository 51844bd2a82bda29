remove(ARGV[2])
