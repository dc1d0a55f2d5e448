SUITE(csv)
SUITE(xpt)
