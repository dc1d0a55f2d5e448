SUITE(check)
SUITE(protocol)
SUITE(protocol_reference)
