// SPDX-License-Identifier: Apache-2.0
#include "cmd/internal_alert.h"

namespace saker {

std::shared_ptr<Alert> make_internal_alert(std::string_view topic, Priority priority,
                                           const AlertOrigin& origin,
                                           const std::map<std::string, std::string>& fields) {
  auto alert = std::make_shared<Alert>();
  alert->time_ns = origin.time_ns;
  alert->priority = priority;
  alert->rule = "Saker internal: " + std::string(topic);
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
