SUITE(condition)
SUITE(condition_manual)
SUITE(frame)
