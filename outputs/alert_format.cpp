// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_format.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "engine/base/check.h"
#include "outputs/alert_ecs.h"
#include "outputs/alert_line.h"
#include "outputs/alert_ocsf.h"

namespace saker {
namespace {

constexpr AlertFormatDef kFormats[] = {
    {"text", "saker.text/1", "text/plain",
     [](std::string& out, const Alert& alert, uint64_t, const LineFormat& line) {
       append_text_line(out, alert, line);
     }},
    {"json", "saker.json/1", "application/json", append_json_line},
    {"ecs", "saker.ecs/1", "application/json",
     [](std::string& out, const Alert& alert, uint64_t seq, const LineFormat&) {
       append_ecs(out, alert, seq);
     }},
    {"ocsf", "saker.ocsf/1", "application/json",
     [](std::string& out, const Alert& alert, uint64_t seq, const LineFormat&) {
       append_ocsf(out, alert, seq);
     }},
};

}  // namespace

std::span<const AlertFormatDef> alert_formats() { return kFormats; }

AlertFormat::AlertFormat(std::string_view name, const LineFormat& line) : line_(line) {
  const std::string_view row = name != "auto" ? name : line.json ? "json" : "text";
  def_ = std::ranges::find(kFormats, row, &AlertFormatDef::name);
  SAKER_CHECK(def_ != std::end(kFormats));
}

}  // namespace saker
