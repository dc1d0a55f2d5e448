SUITE(condition)
SUITE(frame)
