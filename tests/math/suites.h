SUITE(distribution)
SUITE(matrix)
SUITE(rng)
SUITE(root)
