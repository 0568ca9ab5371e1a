#include "reports/html/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "reports/html/markup.hpp"
#include "reports/statistics.hpp"

namespace bootgate {
namespace {

struct Phase {
  const char* measurement;  // seconds from QEMU's start to its end
  const char* text;
  const char* css_class;
};

constexpr std::array phases{
    Phase{"time.first_byte", "QEMU and firmware", "firmware"}, Phase{"time.kernel", "decompression", "unpack"},
    Phase{"time.init", "kernel, until init", "kernel"}, Phase{"time.login", "init, until the login prompt", "user"}};

std::optional<double> value_of(const JobRecord& job, std::string_view name) {
  for (const Measurement& measurement : job.measurements)
    if (measurement.name == name) return measurement.value;
  return std::nullopt;
}

/// 1, 2 or 5 times a power of ten: steps that a person reads off an axis.
double round_step(double span, int steps) {
  const double raw = std::max(span, 1e-9) / steps;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

struct Scale {
  double low = 0, high = 1;
  double from = 0, to = 1;  // pixels
  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// At least a fifth of the value from top to bottom: noise of a few per cent is not to look like a cliff.
Scale vertical_scale(double low, double high, double top, double bottom) {
  const double middle = (low + high) / 2;
  low = std::min(low, middle * 0.9);
  high = std::max(high, middle * 1.1 + 1e-9);
  const double margin = (high - low) * 0.08;
  return {std::max(0.0, low - margin), high + margin, bottom, top};
}

}  // namespace

std::string waterfall_svg(const JobRecord& job) {
  struct Bar {
    const Phase* phase;
    double start, end;
  };
  std::vector<Bar> bars;
  double reached = 0;
  for (const Phase& phase : phases) {
    const auto end = value_of(job, phase.measurement);
    if (!end || *end < reached) continue;
    bars.push_back({&phase, reached, *end});
    reached = *end;
  }
  if (bars.empty() || reached <= 0) return {};
  constexpr double width = 720, label_width = 210, row = 26;
  const double height = row * static_cast<double>(bars.size()) + 24;
  const Scale scale{0, reached, label_width, width - 70};
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"waterfall\">\n"
      "<title id=\"waterfall\">Boot phases: {:.3f} s to the end of the last</title>\n",
      width, height, reached);
  double y = 0;
  for (const Bar& bar : bars) {
    const double x = scale.at(bar.start), end = std::max(scale.at(bar.end), x + 1);
    svg += fmt::format(
        "<text x=\"0\" y=\"{:.1f}\">{}</text><rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{}\"/><text x=\"{:.1f}\" y=\"{:.1f}\">{:.3f} s</text>\n",
        y + 17, bar.phase->text, bar.phase->css_class, x, y + 4, end - x, row - 8, end + 6, y + 17,
        bar.end - bar.start);
    y += row;
  }
  const double step = round_step(reached, 6);
  for (double tick = 0; tick <= reached * 1.001; tick += step)
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1:.1f}\"/>"
        "<text class=\"soft\" x=\"{0:.1f}\" y=\"{2:.1f}\">{3:.3g} s</text>\n",
        scale.at(tick), y, y + 16, tick);
  return svg + "</svg>\n";
}

std::string trend_svg(const MeasurementHistory& history, const std::optional<DriftFinding>& drift, int number) {
  const auto& points = history.points;
  if (points.size() < 2) return {};
  std::vector<double> values;
  for (const MeasurementPoint& point : points)
    values.push_back(point.value);
  constexpr double width = 720, height = 170, left = 84, right = 12, top = 10, bottom = 24;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const Scale y = vertical_scale(*low, *high, top, height - bottom);
  const Scale x{0, static_cast<double>(points.size() - 1), left, width - right};
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"trend-{}\">\n<title id=\"trend-{}\">{}: {} runs, from "
      "{} "
      "to {}{}</title>\n",
      width, height, number, number, html_escaped(history.name), points.size(),
      measured(history.name, points.front().value), measured(history.name, points.back().value),
      drift ? "; " + html_escaped(describe(*drift)) : "");
  const double usual = drift ? drift->verdict.usual : median(values);
  const double range = drift ? drift->verdict.limit : 4 * deviation(values);
  const double band_top = y.at(std::min(usual + range, y.high)), band_bottom = y.at(std::max(usual - range, y.low));
  svg += fmt::format("<rect class=\"usual\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"/>\n", left, band_top,
                     width - left - right, std::max(band_bottom - band_top, 1.0));
  const double step = round_step(y.high - y.low, 4);
  for (double tick = std::ceil(y.low / step) * step; tick <= y.high; tick += step)
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"soft\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        left, width - right, y.at(tick), left - 6, y.at(tick) + 4, measured(history.name, tick));
  std::string path, dots;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double px = x.at(static_cast<double>(i)), py = y.at(points[i].value);
    const bool beyond = drift && std::abs(points[i].value - usual) > range;
    path += fmt::format("{}{:.1f},{:.1f} ", i == 0 ? "M" : "L", px, py);
    dots += fmt::format("<circle class=\"dot{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{} {}</title></circle>\n",
                        beyond ? " beyond" : "", px, py, beyond ? 4 : 3, html_escaped(points[i].run),
                        measured(history.name, points[i].value));
  }
  svg += fmt::format("<path class=\"line\" d=\"{}\"/>\n{}", path, dots);
  svg += fmt::format(
      "<text class=\"soft\" x=\"{}\" y=\"{}\">{}</text><text class=\"soft\" x=\"{}\" y=\"{}\" "
      "text-anchor=\"end\">{}</text>\n</svg>\n",
      left, height - 6, html_escaped(points.front().run), width - right, height - 6, html_escaped(points.back().run));
  return svg;
}

}  // namespace bootgate
