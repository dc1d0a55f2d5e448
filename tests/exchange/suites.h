SUITE(corpus)
SUITE(csv)
SUITE(source)
SUITE(xpt)
