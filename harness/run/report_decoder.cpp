#include "harness/run/report_decoder.hpp"

namespace bootgate {

void ReportDecoder::decode(CrashReport& report) {
  std::lock_guard lock(mutex_);
  if (!decoder_ && kernel_.vmlinux) decoder_ = StackDecoder::open({*kernel_.vmlinux, kernel_.modules});
  if (!decoder_)
    report.undecoded = "there is no vmlinux";
  else if (!*decoder_)
    report.undecoded = one_line(decoder_->error());
  else
    (*decoder_)->decode(report);
}

}  // namespace bootgate
