SUITE(cases)
