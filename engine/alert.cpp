// SPDX-License-Identifier: Apache-2.0
#include "engine/alert.h"

namespace saker {
namespace {

constexpr std::string_view kTimeField = "evt.time";

bool is_number_in_json(FieldType type, PrintFormat format) noexcept {
  const bool is_time = type == FieldType::kAbsTime || type == FieldType::kRelTime;
  return is_time || format == PrintFormat::kDecimal || format == PrintFormat::kId;
}

OutputValue to_output(const Value& value, FieldType type, const FieldDef* def);

OutputValue to_output_text(const Value& value, FieldType type, const FieldDef* def) {
  std::string text;
  append_text(text, value, type, def);
  return {std::move(text)};
}

OutputValue to_output_list(const Value& value, FieldType type, const FieldDef* def) {
  OutputList list;
  list.reserve(value.as_list().size());
  for (const Value& item : value.as_list()) {
    list.push_back(to_output(item, type, def));
  }
  return {std::move(list)};
}

OutputValue to_output(const Value& value, FieldType type, const FieldDef* def) {
  const PrintFormat format = def == nullptr ? PrintFormat::kDecimal : def->format;
  switch (value.kind()) {
    case Value::Kind::kMissing:
      return {};
    case Value::Kind::kBool:
      return {value.as_bool()};
    case Value::Kind::kInt:
      return is_number_in_json(type, format) ? OutputValue{value.as_int()}
                                             : to_output_text(value, type, def);
    case Value::Kind::kUint:
      return is_number_in_json(type, format) ? OutputValue{value.as_uint()}
                                             : to_output_text(value, type, def);
    case Value::Kind::kDouble:
      return {value.as_double()};
    case Value::Kind::kText:
    case Value::Kind::kIp:
      return to_output_text(value, type, def);
    case Value::Kind::kList:
      return def != nullptr && def->shape == FieldShape::kAncestors
                 ? to_output_text(value, type, def)
                 : to_output_list(value, type, def);
  }
  return {};
}

}  // namespace

std::shared_ptr<const Alert> describe(const Event& event, const Rule& rule) {
  auto alert = std::make_shared<Alert>();
  alert->time_ns = event.time_ns();
  alert->priority = rule.priority;
  alert->rule = rule.name;
  alert->source = rule.source;
  alert->hostname = event.world().hostname;
  alert->tags = rule.tags;
  rule.output_template.render(alert->message, event);

  const std::vector<OutputTemplate::Field>& fields = rule.output_template.fields();
  alert->fields.reserve(fields.size() + 1);
  bool has_time = false;
  const auto add_time = [&] {
    // Not made from a full OutputValue: g++-12 warns of uninitialised members when it is moved.
    alert->fields.emplace_back(kTimeField, OutputValue{}).second.value = alert->time_ns;
    has_time = true;
  };
  for (const OutputTemplate::Field& field : fields) {
    const FieldDef* def = field.operand->field();
    if (!has_time && field.name >= kTimeField) {
      add_time();
    }
    if (field.name == kTimeField) {
      continue;
    }
    if (def != nullptr && (def->flags & kFieldEpochTime) != 0) {
      alert->fields.emplace_back(field.name, OutputValue{alert->time_ns});
    } else {
      alert->fields.emplace_back(field.name,
                                 to_output(field.operand->eval(event), field.operand->type(), def));
    }
  }
  if (!has_time) {
    add_time();
  }
  return alert;
}

}  // namespace saker
