SUITE(demo)
SUITE(trial)
