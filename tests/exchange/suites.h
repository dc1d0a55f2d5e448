SUITE(csv)
SUITE(source)
SUITE(xpt)
