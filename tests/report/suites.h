SUITE(guard)
