SUITE(ctcae)
SUITE(stopping)
SUITE(incidence)
SUITE(product)
