SUITE(checklist)
SUITE(guard)
