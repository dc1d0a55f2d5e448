SUITE(db)
SUITE(journal)
