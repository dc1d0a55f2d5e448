SUITE(frame)
