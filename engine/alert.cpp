// SPDX-License-Identifier: Apache-2.0
#include "engine/alert.h"

#include <algorithm>

#include "engine/decision.h"

namespace saker {
namespace {

bool is_number_in_json(FieldType type, PrintFormat format) noexcept {
  const bool is_time = type == FieldType::kAbsTime || type == FieldType::kRelTime;
  return is_time || format == PrintFormat::kDecimal || format == PrintFormat::kId;
}

// An address without a name has one in conditions only, where it differs from all names.
bool is_unnamed(const Value& value, const FieldDef* def) {
  return def != nullptr && def->shape == FieldShape::kNames && value.kind() == Value::Kind::kList &&
         value.as_list().empty();
}

void set_value(OutputValue& out, const Value& value, FieldType type, const FieldDef* def,
               BufferFormat buffers) {
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
      set_value(list[i], value.as_list()[i], type, def, buffers);
    }
  } else {
    append_text(out.value.emplace<std::string>(), value, type, def, buffers);
  }
}

OutputValue& add_field(Alert& alert, std::string_view name) {
  auto& field = alert.fields.emplace_back();
  field.first = name;
  return field.second;
}

void add_fields(Alert& alert, const Event& event, const OutputTemplate& output,
                BufferFormat buffers) {
  alert.fields.reserve(alert.fields.size() + output.fields().size());
  for (const OutputTemplate::Field& field : output.fields()) {
    const FieldDef* def = field.operand->field();
    OutputValue& out = add_field(alert, field.name);
    if (def != nullptr && (def->flags & kFieldEpochTime) != 0) {
      out.value = alert.time_ns;
    } else {
      set_value(out, field.operand->eval(event), field.operand->type(), def, buffers);
    }
  }
}

void add_extra_fields(Alert& alert, const Event& event, const Rule& rule) {
  for (const ExtraField& extra : rule.extra_fields) {
    if (extra.format.empty()) {
      add_fields(alert, event, extra.value, rule.buffer_format);
    } else {
      std::string& text = add_field(alert, extra.name).value.emplace<std::string>();
      extra.value.render(text, event, rule.buffer_format);
    }
  }
}

// Each alert about a decision says so, also one whose output does not ask for it.
void add_decision(Alert& alert, const Event& event, const Rule& rule) {
  if (event.decision() == EV_DECISION_NONE) {
    return;
  }
  alert.decision = to_string(event.decision());
  alert.hook = hook_name(event.hook());
  const auto& fields = rule.output_template.fields();
  if (std::ranges::find(fields, "evt.decision", &OutputTemplate::Field::name) == fields.end()) {
    alert.message +=
        " decision=" + std::string(alert.decision) + " hook=" + std::string(alert.hook);
  }
}

// Of several values with one name the first one counts.
void sort_fields(Alert& alert) {
  const auto name = [](const auto& field) -> const std::string& { return field.first; };
  std::ranges::stable_sort(alert.fields, {}, name);
  const auto repeated = std::ranges::unique(alert.fields, {}, name);
  alert.fields.erase(repeated.begin(), repeated.end());
}

}  // namespace

const OutputValue* find_field(const Alert& alert, std::string_view name) {
  const auto found =
      std::ranges::lower_bound(alert.fields, name, {}, &decltype(alert.fields)::value_type::first);
  return found == alert.fields.end() || found->first != name ? nullptr : &found->second;
}

std::shared_ptr<Alert> describe(const Event& event, const Rule& rule) {
  auto alert = std::make_shared<Alert>();
  alert->time_ns = event.time_ns();
  alert->priority = rule.priority;
  alert->rule = rule.name;
  alert->source = rule.source;
  alert->hostname = event.world().hostname;
  alert->tags = rule.tags;
  rule.output_template.render(alert->message, event, rule.buffer_format);
  add_decision(*alert, event, rule);
  add_extra_fields(*alert, event, rule);
  add_fields(*alert, event, rule.output_template, rule.buffer_format);
  if (!rule.extra_fields.empty()) {
    sort_fields(*alert);
  }
  return alert;
}

}  // namespace saker
