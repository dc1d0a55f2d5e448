SUITE(checklist)
SUITE(guard)
SUITE(honesty)
