// SPDX-License-Identifier: Apache-2.0
#include "cmd/prometheus_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <system_error>

#include "engine/base/strings.h"

namespace saker {
namespace {

struct TypeName {
  MetricType type;
  std::string_view name;
};
constexpr TypeName kTypes[] = {{MetricType::kCounter, "counter"},
                               {MetricType::kGauge, "gauge"},
                               {MetricType::kHistogram, "histogram"}};
constexpr std::string_view kHistogramSuffixes[] = {"_bucket", "_sum", "_count"};

struct Escape {
  char raw;
  char written;  // behind a backslash
};
constexpr Escape kEscapes[] = {{'\\', '\\'}, {'\n', 'n'}, {'"', '"'}};

void append_label_value(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const uint32_t length = decode_utf8(text).length;
    const auto* escape = std::ranges::find(kEscapes, text.front(), &Escape::raw);
    if (length == 0) {
      append_utf8(out, U'\uFFFD');
    } else if (escape != std::end(kEscapes)) {
      out += '\\';
      out += escape->written;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max(length, 1U));
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
  } else {
    std::array<char, 32> text{};
    out.append(text.data(), std::to_chars(text.begin(), text.end(), value).ptr);
  }
}

void append_sample(std::string& out, std::string_view family, const Metric::Sample& sample) {
  out += family;
  out += sample.suffix;
  char separator = '{';
  for (const auto& [name, value] : sample.labels) {
    out += separator;
    out += name;
    out += "=\"";
    append_label_value(out, value);
    out += '"';
    separator = ',';
  }
  out += sample.labels.empty() ? " " : "} ";
  append_number(out, sample.value);
  out += '\n';
}

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// What is left of a line.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) {
      return false;
    }
    rest_.remove_prefix(text.size());
    return true;
  }

  // Empty: there is none.
  std::string_view name() {
    size_t size = 0;
    while (size < rest_.size() && (size == 0 ? is_name_start : is_name_part)(rest_[size])) {
      ++size;
    }
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  // Up to the quote that ends it, which is taken too.
  std::optional<std::string> label_value() {
    std::string value;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() != '\\') {
        value += rest_.front();
        rest_.remove_prefix(1);
        continue;
      }
      const auto* escape = rest_.size() < 2
                               ? std::end(kEscapes)
                               : std::ranges::find(kEscapes, rest_[1], &Escape::written);
      if (escape == std::end(kEscapes)) {
        return std::nullopt;
      }
      value += escape->raw;
      rest_.remove_prefix(2);
    }
    return skip("\"") ? std::optional(std::move(value)) : std::nullopt;
  }

  std::optional<double> number() {
    skip("+");
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    return error == std::errc() && end == rest_.data() + rest_.size() ? std::optional(value)
                                                                      : std::nullopt;
  }

  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
};

class TextParser {
 public:
  // Returns what is wrong with the line; null: nothing.
  const char* add(std::string_view line) {
    LineReader reader(line);
    if (reader.skip("# HELP ")) {
      return add_help(reader);
    }
    return reader.skip("# TYPE ") ? add_type(reader) : add_sample(reader);
  }

  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  const char* add_help(LineReader& reader) {
    MetricFamily family;
    family.name = reader.name();
    if (family.name.empty() || !reader.skip(" ") || reader.rest().empty()) {
      return "HELP needs a name and a text";
    }
    family.help = reader.rest();
    if (!names_.insert(family.name).second) {
      return "a family stands here twice";
    }
    families_.push_back(std::move(family));
    return nullptr;
  }

  const char* add_type(LineReader& reader) {
    if (families_.empty() || reader.name() != families_.back().name || !reader.skip(" ") ||
        !families_.back().type.empty()) {
      return "TYPE must follow its HELP";
    }
    if (std::ranges::find(kTypes, reader.rest(), &TypeName::name) == std::end(kTypes)) {
      return "unknown type";
    }
    families_.back().type = reader.rest();
    return nullptr;
  }

  const char* add_sample(LineReader& reader) {
    MetricFamily::Sample sample;
    sample.name = reader.name();
    if (families_.empty() || !belongs(sample.name, families_.back())) {
      return "a sample must follow the TYPE of its family";
    }
    if (const char* problem = reader.skip("{") ? add_labels(reader, sample) : nullptr) {
      return problem;
    }
    const std::optional<double> value =
        reader.skip(" ") ? reader.number() : std::optional<double>();
    if (!value) {
      return "a sample must end with a number";
    }
    sample.value = *value;
    if (!seen_.emplace(sample.name, sample.labels).second) {
      return "a sample stands here twice";
    }
    families_.back().samples.push_back(std::move(sample));
    return nullptr;
  }

  static const char* add_labels(LineReader& reader, MetricFamily::Sample& sample) {
    do {
      const std::string name(reader.name());
      std::optional<std::string> value =
          reader.skip("=\"") ? reader.label_value() : std::optional<std::string>();
      if (name.empty() || !value) {
        return "a label is NAME=\"TEXT\"";
      }
      sample.labels.emplace_back(name, std::move(*value));
    } while (reader.skip(","));
    return reader.skip("}") ? nullptr : "labels must end with '}'";
  }

  static bool belongs(std::string_view name, const MetricFamily& family) {
    if (!name.starts_with(family.name)) {
      return false;
    }
    const std::string_view suffix = name.substr(family.name.size());
    return family.type == "histogram"
               ? std::ranges::find(kHistogramSuffixes, suffix) != std::end(kHistogramSuffixes)
               : suffix.empty() && !family.type.empty();
  }

  std::vector<MetricFamily> families_;
  std::set<std::string> names_;
  std::set<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> seen_;
};

}  // namespace

std::string_view to_string(MetricType type) noexcept {
  return std::ranges::find(kTypes, type, &TypeName::type)->name;
}

std::string to_prometheus_text(std::span<const Metric> metrics) {
  std::string out;
  for (const Metric& metric : metrics) {
    const std::string name(metric.name);
    out += "# HELP " + name + ' ';
    out += metric.help;
    out += "\n# TYPE " + name + ' ';
    out += to_string(metric.type);
    out += '\n';
    for (const Metric::Sample& sample : metric.samples) {
      append_sample(out, metric.name, sample);
    }
  }
  return out;
}

std::string_view MetricFamily::Sample::label(std::string_view key) const noexcept {
  const auto found = std::ranges::find(labels, key, [](const auto& label) { return label.first; });
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

Result<std::vector<MetricFamily>> parse_prometheus_text(std::string_view text) {
  TextParser parser;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const char* problem =
        end == text.npos ? "the line does not end" : parser.add(text.substr(0, end));
    if (problem != nullptr) {
      return Error{"line " + std::to_string(number) + " of the metrics: " + problem, 0, ""};
    }
    text.remove_prefix(end + 1);
  }
  return parser.take();
}

}  // namespace saker
