SUITE(formula)
