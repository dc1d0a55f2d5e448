SUITE(demo)
