SUITE(matrix)
