// SPDX-License-Identifier: Apache-2.0
// AlertFormat: one row per form in which an alert can be sent, chosen by the key `format` of an
// output. Each form of JSON has a schema under outputs/schemas/, with the version that messages
// carry.
#ifndef SAKER_OUTPUTS_ALERT_FORMAT_H
#define SAKER_OUTPUTS_ALERT_FORMAT_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "outputs/alert_line.h"

namespace saker {

struct AlertFormatDef {
  std::string_view name;          // "json"
  std::string_view schema;        // "saker.json/1": the shape and its version
  std::string_view content_type;  // RFC 9110
  // Appends the alert, without a newline behind it or in it.
  void (*append)(std::string& out, const Alert& alert, uint64_t seq, const LineFormat& line);
};

[[nodiscard]] std::span<const AlertFormatDef> alert_formats();

// Values of the key: the rows, and auto.
inline constexpr std::string_view kFormatChoices = "auto|text|json|ecs|ocsf";

class AlertFormat {
 public:
  // auto is text, or with line.json json. Requires: `name` is one of the choices.
  AlertFormat(std::string_view name, const LineFormat& line);

  [[nodiscard]] const AlertFormatDef& def() const noexcept { return *def_; }
  void append(std::string& out, const Alert& alert, uint64_t seq) const {
    def_->append(out, alert, seq, line_);
  }

 private:
  const AlertFormatDef* def_;
  LineFormat line_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_FORMAT_H
