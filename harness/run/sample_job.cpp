#include "harness/run/sample_job.hpp"

#include "harness/plan/sample_case.hpp"

namespace bootgate {
namespace {

using State = SurveyedSample::State;

Case judged_case(const SurveyedSample& surveyed, const std::vector<SampleExpectation>& expectations) {
  const bool built_in = surveyed.state == State::built_in;
  const RustSample& sample = surveyed.sample;
  const SampleExpectation* expectation = find_expectation(expectations, sample.module, surveyed.source_text);
  Case the_case =
      sample_case(sample, expectation, surveyed.source_text, built_in ? SampleState::built_in : SampleState::module);
  if (the_case.steps.empty()) the_case.skip_reason = "it is built in, and its source tells of no line at boot";
  if (!expectation) the_case.note = "derived from its source";
  if (!built_in) the_case.modules = {sample.module};
  the_case.during = Case::During::booted;
  the_case.from_boot = built_in;
  return the_case;
}

Case case_of(const SurveyedSample& surveyed, const std::vector<SampleExpectation>& expectations) {
  const RustSample& sample = surveyed.sample;
  Case the_case;
  switch (surveyed.state) {
    case State::module:
    case State::built_in: return judged_case(surveyed, expectations);
    case State::absent: the_case.skip_reason = surveyed.reason; break;
    case State::broken: the_case.broken_reason = surveyed.reason; break;
  }
  the_case.name = sample_case_name(sample.module.empty() ? sample.symbol : sample.module);
  return the_case;
}

/// A single line in the report that says why there are no others.
Case case_of_none(const std::string& why) {
  Case the_case;
  the_case.name = "samples";
  the_case.skip_reason = why;
  return the_case;
}

}  // namespace

Suite with_samples(Suite suite, const SampleSurvey& survey, const std::vector<SampleExpectation>& expectations) {
  std::vector<Case> cases;
  if (!survey.why_none.empty()) cases.push_back(case_of_none(survey.why_none));
  for (const SurveyedSample& sample : survey.samples)
    cases.push_back(case_of(sample, expectations));
  for (Case& the_case : cases)
    suite.cases.push_back(std::move(the_case));
  return suite;
}

}  // namespace bootgate
