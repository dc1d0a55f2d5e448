SUITE(condition)
SUITE(condition_manual)
SUITE(condition_slip)
SUITE(frame)
