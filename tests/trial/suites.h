SUITE(datasets)
SUITE(demo)
SUITE(trial)
