// SPDX-License-Identifier: Apache-2.0
#include "cmd/internal_alert.h"

#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/fields/catalog.h"

namespace saker {
namespace {

std::string name_of(std::string_view topic) { return "Saker internal: " + std::string(topic); }

}  // namespace

Rule make_internal_rule(std::string_view topic, std::string_view details) {
  Rule rule;
  rule.name = name_of(topic);
  rule.source = "internal";
  rule.priority = Priority::kWarning;
  rule.output = rule.name + " " + std::string(details);
  auto parsed = OutputTemplate::parse(rule.output, FieldCatalog::builtin());
  auto* output = std::get_if<OutputTemplate>(&parsed);
  SAKER_CHECK(output != nullptr);
  rule.output_template = std::move(*output);
  return rule;
}

std::shared_ptr<Alert> make_internal_alert(std::string_view topic, Priority priority,
                                           const AlertOrigin& origin,
                                           const std::map<std::string, std::string>& fields) {
  auto alert = std::make_shared<Alert>();
  alert->time_ns = origin.time_ns;
  alert->priority = priority;
  alert->rule = name_of(topic);
  alert->source = "internal";
  alert->hostname = origin.hostname;
  std::string details;
  for (const auto& [name, value] : fields) {
    details += details.empty() ? "" : " ";
    details += name;
    details += '=';
    details += value;
    alert->fields.emplace_back(name, OutputValue{value});
  }
  alert->message = alert->rule + " (" + details + ")";
  return alert;
}

}  // namespace saker
