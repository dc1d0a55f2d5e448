SUITE(datasets)
SUITE(demo)
SUITE(trial)
SUITE(founding_outputs)
