SUITE(distribution)
SUITE(matrix)
SUITE(rng)
