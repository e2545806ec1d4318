// SPDX-License-Identifier: Apache-2.0
#include "engine/alert.h"

namespace saker {
namespace {

bool is_number_in_json(FieldType type, PrintFormat format) noexcept {
  const bool is_time = type == FieldType::kAbsTime || type == FieldType::kRelTime;
  return is_time || format == PrintFormat::kDecimal || format == PrintFormat::kId;
}

void set_text(OutputValue& out, const Value& value, FieldType type, const FieldDef* def) {
  append_text(out.value.emplace<std::string>(), value, type, def);
}

// An address without a name has one in conditions only, where it differs from all names.
bool is_unnamed(const Value& value, const FieldDef* def) {
  return def != nullptr && def->shape == FieldShape::kNames && value.as_list().empty();
}

void set_value(OutputValue& out, const Value& value, FieldType type, const FieldDef* def) {
  const PrintFormat format = def == nullptr ? PrintFormat::kDecimal : def->format;
  const bool is_number = is_number_in_json(type, format);
  const Value::Kind kind = value.kind();
  if (kind == Value::Kind::kMissing || is_unnamed(value, def)) {
    out.value = std::monostate();
  } else if (kind == Value::Kind::kBool) {
    out.value = value.as_bool();
  } else if (kind == Value::Kind::kInt && is_number) {
    out.value = value.as_int();
  } else if (kind == Value::Kind::kUint && is_number) {
    out.value = value.as_uint();
  } else if (kind == Value::Kind::kDouble) {
    out.value = value.as_double();
  } else if (kind == Value::Kind::kList && (def == nullptr || !is_shown_as_one_text(def->shape))) {
    OutputList& list = out.value.emplace<OutputList>(value.as_list().size());
    for (size_t i = 0; i < list.size(); ++i) {
      set_value(list[i], value.as_list()[i], type, def);
    }
  } else {
    set_text(out, value, type, def);
  }
}

OutputValue& add_field(Alert& alert, std::string_view name) {
  auto& field = alert.fields.emplace_back();
  field.first = name;
  return field.second;
}

void add_fields(Alert& alert, const Event& event, const OutputTemplate& output) {
  alert.fields.reserve(output.fields().size());
  for (const OutputTemplate::Field& field : output.fields()) {
    const FieldDef* def = field.operand->field();
    OutputValue& out = add_field(alert, field.name);
    if (def != nullptr && (def->flags & kFieldEpochTime) != 0) {
      out.value = alert.time_ns;
    } else {
      set_value(out, field.operand->eval(event), field.operand->type(), def);
    }
  }
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
  add_fields(*alert, event, rule.output_template);
  return alert;
}

}  // namespace saker
