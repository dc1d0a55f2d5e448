SUITE(protocol)
