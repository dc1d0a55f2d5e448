SUITE(csv)
