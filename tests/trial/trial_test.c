#include "trial/trial.h"

#include "trial/fixture.h"

static void the_founding_trial_goes_in(Test *t)
{
    Trial *trial = fixture_demo(t, "demo.trial");
    if (!trial) return;
    CHECK_INT(t, fixture_count(t, trial, "subjects screened"), 49);
    CHECK_INT(t, fixture_count(t, trial, "subjects enrolled"), 40);
    CHECK(t, fixture_verifies(t, trial));
}

static const TestCase CASES[] = {
    {"the founding trial goes in", the_founding_trial_goes_in},
};
TEST_SUITE(trial, CASES);
