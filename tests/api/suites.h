SUITE(api)
