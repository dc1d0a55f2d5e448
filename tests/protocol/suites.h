SUITE(check)
SUITE(draft)
SUITE(protocol)
SUITE(protocol_reference)
