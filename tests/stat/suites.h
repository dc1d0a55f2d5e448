SUITE(describe)
SUITE(formula)
SUITE(sample)
