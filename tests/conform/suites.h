SUITE(finding)
