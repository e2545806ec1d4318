// SPDX-License-Identifier: Apache-2.0
#include "cmd/status_text.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "engine/base/strings.h"
#include "engine/rules/action.h"

namespace saker {
namespace {

std::string number(const JsonValue& value) {
  return std::to_string(static_cast<uint64_t>(value.number().value_or(0)));
}

std::string milliseconds(const JsonValue& value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", value.number().value_or(0));
  return text.data();
}

void append_row(std::string& out, std::string_view name, std::string_view value) {
  constexpr size_t kNameWidth = 15;
  out += name;
  out.append(kNameWidth - name.size(), ' ');
  append_printable(out, value);  // paths, and what rule files say
  out += '\n';
}

std::string last_reload(const JsonValue& last) {
  if (!last.is_object()) {
    return "none";
  }
  std::string text = std::string(last["result"].text()) + ", " + std::string(last["time"].text()) +
                     ", by " + std::string(last["cause"].text());
  if (last["result"].text() == "ok") {
    text += "; compiled in " + milliseconds(last["compile_ms"]) + ", installed in " +
            milliseconds(last["install_ms"]);
  }
  return text;
}

std::string filter_state(const JsonValue& status) {
  const std::string overflow(status["kernel_filter_overflow"].text());
  return !status["kernel_filter"].boolean().value_or(false) ? "off"
         : overflow.empty()                                 ? "on"
                                                            : "on; " + overflow;
}

void append_acting_rules(std::string& out, std::string_view mode, const JsonValue& rules) {
  const auto count = static_cast<size_t>(rules["count"].number().value_or(0));
  append_row(out, mode, std::to_string(count) + (count == 1 ? " rule" : " rules"));
  size_t named = 0;
  rules["names"].for_each_item([&](const JsonValue& name) {
    append_row(out, "", name.text());
    ++named;
  });
  if (count > named) {
    append_row(out, "", "and " + std::to_string(count - named) + " more");
  }
}

void append_dry_run(std::string& out, const JsonValue& report) {
  if (!report.is_object()) {
    return;
  }
  append_row(out, "dry run", report["summary"].text());
  report["rules"].for_each_item([&](const JsonValue& rule) {
    append_row(out, "", number(rule["operations"]) + " by " + std::string(rule["name"].text()));
  });
}

std::string decisions_text(const JsonValue& decisions) {
  std::string text;
  decisions.for_each_member([&](std::string_view name, const JsonValue& count) {
    if (count.number().value_or(0) != 0) {
      text += (text.empty() ? "" : ", ") + number(count) + " " + std::string(name);
    }
  });
  return text.empty() ? "none" : text;
}

// Of ended sensors.
void append_kept(std::string& out, const JsonValue& kept) {
  kept.for_each_item([&](const JsonValue& sensor) {
    const std::string_view ended = sensor["ended"].text();
    append_row(out, "kept",
               "by a sensor that has ended: pid " + number(sensor["pid"]) + ", " +
                   std::string(ended.empty() ? "nobody knows when" : ended));
    append_row(out, "",
               "decided since then: " + (sensor["decisions"].is_object()
                                             ? decisions_text(sensor["decisions"])
                                             : "unknown, it was another version"));
    sensor["programs"].for_each_item(
        [&](const JsonValue& program) { append_row(out, "", program.text()); });
  });
}

}  // namespace

std::string status_text(const JsonValue& status) {
  std::string out;
  append_row(out, "sensor",
             "saker " + std::string(status["saker_version"].text()) + ", pid " +
                 number(status["pid"]) + ", since " + std::string(status["started"].text()));
  append_row(out, "rules",
             number(status["rules"]) + " of version " + std::string(status["version"].text()) +
                 ", since " + std::string(status["since"].text()));
  status["files"].for_each_item([&](const JsonValue& file) {
    append_row(out, "",
               std::string(file["fingerprint"].text()) + "  " + std::string(file["path"].text()));
  });
  const JsonValue reloads = status["reloads"];
  append_row(out, "last reload", last_reload(reloads["last"]));
  if (const std::string_view problem = reloads["last"]["problem"].text(); !problem.empty()) {
    append_row(out, "", problem);
  }
  append_row(out, "reloads",
             number(reloads["succeeded"]) + " succeeded, " + number(reloads["failed"]) + " failed");
  status["restart_needed_for"].for_each_item(
      [&](const JsonValue& key) { append_row(out, "restart needed", key.text()); });
  append_row(out, "kernel filter", filter_state(status));
  const std::string_view losses = status["losses"]["details"].text();
  append_row(out, "lost", losses.empty() ? "nothing" : losses);
  append_row(out, "canary",
             number(status["canary"]["sent"]) + " sent, " + number(status["canary"]["missing"]) +
                 " did not come back");
  return out;
}

std::string enforcement_text(const JsonValue& enforcement) {
  std::string out;
  if (!enforcement["mode"]) {
    append_row(out, "sensor", "none runs");
  } else {
    append_row(out, "mode", enforcement["mode"].text());
    append_row(out, "on exit", enforcement["on_exit"].text());
    for (const std::string_view mode : kEnforcements) {
      append_acting_rules(out, mode, enforcement["rules"][mode]);
    }
    append_row(out, "decisions", decisions_text(enforcement["decisions"]));
    append_dry_run(out, enforcement["dry_run"]);
  }
  append_kept(out, enforcement["kept"]);
  return out;
}

}  // namespace saker
