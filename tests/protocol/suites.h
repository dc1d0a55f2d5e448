SUITE(check)
SUITE(protocol)
