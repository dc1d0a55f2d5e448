SUITE(finding)
SUITE(json_schema)
SUITE(json_schema_peer)
SUITE(core)
