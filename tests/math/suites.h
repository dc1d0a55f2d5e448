SUITE(distribution)
SUITE(matrix)
