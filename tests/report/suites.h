SUITE(checklist)
SUITE(guard)
SUITE(honesty)
SUITE(writers)
