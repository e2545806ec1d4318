// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cmd/case_schema.h"
#include "cmd/command.h"
#include "cmd/config_keys.h"
#include "cmd/describe_json.h"
#include "cmd/explain_text.h"
#include "cmd/log.h"
#include "cmd/metrics.h"
#include "cmd/prometheus_text.h"
#include "cmd/rules_schema.h"
#include "cmd/setup.h"
#include "cmd/table.h"
#include "engine/base/diagnostic.h"
#include "engine/base/strings.h"
#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/filter/kernel_fields.h"
#include "engine/lang/operators.h"
#include "engine/lang/transformers.h"
#include "engine/lang/types.h"
#include "engine/rules/describe.h"
#include "outputs/json.h"
#include "outputs/registry.h"

namespace saker {
namespace {

struct ArgumentName {
  FieldArg arg;
  std::string_view text;
};
constexpr ArgumentName kArguments[] = {
    {FieldArg::kNone, ""},
    {FieldArg::kOptionalIndex, "[N] or none"},
    {FieldArg::kRequiredIndex, "[N]"},
    {FieldArg::kOptionalKey, "[KEY] or none"},
    {FieldArg::kRequiredKey, "[KEY]"},
    {FieldArg::kOptionalIndexOrKey, "[N], [KEY] or none"},
    {FieldArg::kRequiredIndexOrKey, "[N] or [KEY]"},
    {FieldArg::kRequiredSubfield, ".NAME"},
    {FieldArg::kRequiredSubfieldOrIndex, ".NAME or [N]"},
    {FieldArg::kOptionalSubfield, ".NAME or none"},
};

std::string_view argument_text(FieldArg arg) {
  for (const ArgumentName& row : kArguments) {
    if (row.arg == arg) {
      return row.text;
    }
  }
  return "";
}

std::optional<Table> list_fields(const Options& /*options*/) {
  Table table;
  table.title = "Fields";
  table.introduction =
      "What conditions and outputs can refer to. A field without a value for an event is "
      "*missing*:\n"
      "no comparison with it holds, and outputs show `<NA>`.";
  table.columns = {"field", "argument", "type", "description"};
  for (const FieldDef* field : FieldCatalog::builtin().all()) {
    if ((field->flags & kFieldHidden) != 0) {
      continue;
    }
    const std::string family(field->name.substr(0, field->name.find('.')));
    auto section = table.sections.begin();
    while (section != table.sections.end() && section->heading != family) {
      ++section;
    }
    if (section == table.sections.end()) {
      section = table.sections.insert(section, {family, {}});
    }
    std::string type(lang::type_def(field->type).name);
    type += field->shape == FieldShape::kList ? " list" : "";
    std::string doc(field->doc);
    doc += (field->flags & kFieldConditionOnly) != 0 ? " In conditions only." : "";
    doc += (field->flags & kFieldOutputOnly) != 0 ? " In outputs only." : "";
    doc += (field->flags & kFieldDeprecated) != 0 ? " Deprecated." : "";
    section->rows.push_back({std::string(field->name), std::string(argument_text(field->arg)),
                             std::move(type), std::move(doc)});
  }
  return table;
}

std::optional<Table> list_events(const Options& /*options*/) {
  Table table;
  table.title = "Events";
  table.introduction =
      "Values of `evt.type`. A parameter NAME is the field `evt.arg.NAME`; the Nth one is also\n"
      "`evt.arg[N]`, counted from 0. Events are reported when the system call has returned.";
  table.columns = {"event", "parameters"};
  TableSection decoded{"Events with parameters", {}};
  TableSection of_hooks{"Asked about by hooks only, for rules that act", {}};
  TableSection generic{"Other system calls", {}};
  const EventCatalog& catalog = EventCatalog::builtin();
  for (size_t code = 0; code < catalog.size(); ++code) {
    const EventDef& event = catalog.def(static_cast<EventCode>(code));
    std::string parameters;
    for (const ParamDef& param : event.params) {
      parameters += parameters.empty() ? "" : ", ";
      parameters += param.name;
      parameters += ' ';
      parameters += lang::type_def(param.type).name;
    }
    if ((event.flags & kEventForeign) != 0) {
      parameters = "not a system call of this architecture";
    }
    ((event.flags & kEventOfHook) != 0                      ? of_hooks
     : (event.flags & (kEventGeneric | kEventForeign)) != 0 ? generic
                                                            : decoded)
        .rows.push_back({std::string(event.name), std::move(parameters)});
  }
  table.sections = {std::move(decoded), std::move(of_hooks), std::move(generic)};
  return table;
}

std::string joined(std::span<const std::string_view> names, std::string_view around = "") {
  std::string text;
  for (const std::string_view name : names) {
    text +=
        (text.empty() ? "" : ", ") + std::string(around) + std::string(name) + std::string(around);
  }
  return text;
}

// Which comparisons of a field are exact: "* `proc.name`, `user.uid`: =, != and in".
std::string exact_forms() {
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> forms;
  const auto add = [&forms](std::string_view field) {
    const bool is_argument = field.starts_with("evt.arg.");
    const filter::KernelField* row =
        filter::find_kernel_field(is_argument ? std::string_view("evt.arg") : field);
    auto form =
        std::ranges::find(forms, row->exact_forms, [](const auto& one) { return one.first; });
    if (form == forms.end()) {
      form = forms.insert(form, {row->exact_forms, {}});
    }
    if (std::ranges::find(form->second, field) == form->second.end()) {
      form->second.push_back(field);
    }
  };
  for (const filter::EnforcementHook& hook : filter::enforcement_hooks()) {
    std::ranges::for_each(hook.fields, add, &filter::HookField::name);
  }
  std::ranges::for_each(filter::fields_of_all_hooks(), add);
  std::string text;
  for (const auto& [form, fields] : forms) {
    text += "\n* " + joined(fields, "`") + ": " + std::string(form);
  }
  return text;
}

std::optional<Table> list_hooks(const Options& /*options*/) {
  Table table;
  table.title = "Hooks";
  table.introduction =
      "Where the kernel asks before it does something, so that a rule with `action: deny` can "
      "refuse it.\n"
      "A condition is decided there as if the operation succeeded, and exactly, or the rule does "
      "not load. It\n"
      "has to be about all events of a hook, for the hook cannot tell them apart; those under "
      "*also* are\n"
      "decided alike. Besides the fields of its row each hook can be asked for\n" +
      joined(filter::fields_of_all_hooks(), "`") +
      ".\n\nThese comparisons are exact; a second path and, but for exec, `proc.exepath` are not "
      "searched for texts\n(`endswith`, `contains`):\n" +
      exact_forms();
  table.columns = {"hook", "events", "also", "fields", "description"};
  TableSection section{"All hooks", {}};
  for (const filter::EnforcementHook& hook : filter::enforcement_hooks()) {
    std::vector<std::string_view> fields;
    std::ranges::transform(hook.fields, std::back_inserter(fields), &filter::HookField::name);
    std::string doc(hook.doc);
    if (hook.limit != nullptr) {
      doc +=
          " Only " + std::string(hook.limit->seen) + ": `" + std::string(hook.limit->demand) + "`.";
    }
    section.rows.push_back({std::string(hook.name), joined(hook.events), joined(hook.also),
                            joined(fields), std::move(doc)});
  }
  table.sections.push_back(std::move(section));
  return table;
}

std::optional<Table> list_operators(const Options& /*options*/) {
  Table table;
  table.title = "Operators";
  table.introduction = "What stands between a field and its value, and what can be around a field.";
  table.columns = {"name", "description"};
  TableSection operators{"Operators", {}};
  for (const lang::OperatorDef& def : lang::operators()) {
    operators.rows.push_back({std::string(def.name), std::string(def.doc)});
  }
  TableSection modifiers{"Modifiers", {}};
  for (const lang::ModifierDef& def : lang::modifiers()) {
    modifiers.rows.push_back({std::string(def.name), std::string(def.doc)});
  }
  TableSection transformers{"Transformers", {}};
  for (const lang::TransformerDef& def : lang::transformers()) {
    transformers.rows.push_back({std::string(def.signature), std::string(def.doc)});
  }
  table.sections = {std::move(operators), std::move(modifiers), std::move(transformers)};
  return table;
}

// Descriptions may have been written over several lines.
std::string one_line(std::string_view text) {
  std::string line(trim(text));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::optional<Table> list_rules(const Options& options) {
  const Result<Setup> setup = load_setup(options);
  if (!setup) {
    return std::nullopt;
  }
  Table table;
  table.title = "Rules";
  table.introduction = "In the order in which they are tried.";
  table.columns = {"rule", "action", "description"};
  TableSection rules{"Rules", {}};
  for (const Rule& rule : setup->rules->rules()) {
    rules.rows.push_back(
        {rule.name, action_text(rule.action, rule.enforcement), one_line(rule.description)});
  }
  table.sections = {std::move(rules)};
  return table;
}

// All that is known about rules, macros and lists, also about rules that are switched off.
std::optional<std::string> rules_as_json(const Options& options) {
  const Result<Setup> setup = load_setup(options, true);
  if (!setup) {
    return std::nullopt;
  }
  std::string out;
  JsonWriter json(out);
  write_json(json, *setup->description);
  return out + '\n';
}

std::optional<Table> list_config(const Options& /*options*/) {
  Table table;
  table.title = "Configuration";
  table.introduction =
      "Keys of `saker.yaml`; a dot stands for nesting. On the command line: `-o KEY=VALUE`.";
  table.columns = {"key", "type", "default", "description"};
  TableSection keys{"Keys", {}};
  for (const ConfigKey& key : config_keys()) {
    keys.rows.push_back({key.name, std::string(to_string(key.setting.type)),
                         std::string(key.setting.default_text), std::string(key.setting.doc)});
  }
  table.sections = {std::move(keys)};
  return table;
}

std::optional<Table> list_metrics(const Options& /*options*/) {
  Table table;
  table.title = "Metrics";
  table.introduction =
      "What a running sensor serves at `/metrics` for Prometheus, and shows in `saker top`, when\n"
      "`webserver.enabled`, `metrics.enabled` and `webserver.prometheus_metrics_enabled` are "
      "true.\n"
      "Counters never fall while the sensor runs.";
  table.columns = {"name", "type", "description"};
  const auto row = [](const auto& metric) {
    return std::vector<std::string>{std::string(metric.name), std::string(to_string(metric.type)),
                                    std::string(metric.help)};
  };
  TableSection sensor{"Sensor", {}};
  TableSection process{"Process", {}};
  for (const MetricDef& def : metric_defs()) {
    (def.name.starts_with("process_") ? process : sensor).rows.push_back(row(def));
  }
  table.sections = {std::move(sensor), std::move(process)};
  for (const OutputDef& output : builtin_outputs()) {
    if (output.metric_families == nullptr) {
      continue;
    }
    TableSection& section =
        table.sections.emplace_back(TableSection{"Output " + std::string(output.name), {}});
    for (const Metric& family : output.metric_families()) {
      section.rows.push_back(row(family));
    }
  }
  return table;
}

// Nothing: the reason is printed.
struct Topic {
  std::string_view name;
  std::optional<Table> (*make)(const Options& options);
  std::optional<std::string> (*make_json)(const Options& options);  // null: from the table
};
constexpr Topic kTopics[] = {
    {"fields", list_fields, nullptr},     {"events", list_events, nullptr},
    {"hooks", list_hooks, nullptr},       {"operators", list_operators, nullptr},
    {"rules", list_rules, rules_as_json}, {"config", list_config, nullptr},
    {"metrics", list_metrics, nullptr},
};

// Not a table, in any form.
struct SchemaTopic {
  std::string_view name;
  std::string (*make)();
};
constexpr SchemaTopic kSchemaTopics[] = {{"schema", rules_schema}, {"case-schema", case_schema}};

std::optional<std::string> make_text(const Topic& topic, const Options& options) {
  if (options.json && topic.make_json != nullptr) {
    return topic.make_json(options);
  }
  const std::optional<Table> table = topic.make(options);
  if (!table) {
    return std::nullopt;
  }
  return options.json ? to_json(*table) : options.markdown ? to_markdown(*table) : to_text(*table);
}

}  // namespace

int list_command(const Options& options) {
  std::vector<std::string_view> names;
  for (const Topic& topic : kTopics) {
    if (topic.name != options.topic) {
      names.push_back(topic.name);
      continue;
    }
    const std::optional<std::string> text = make_text(topic, options);
    if (!text) {
      return kExitFailure;
    }
    std::fputs(text->c_str(), stdout);
    return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
  }
  for (const SchemaTopic& topic : kSchemaTopics) {
    if (topic.name == options.topic) {
      std::fputs(topic.make().c_str(), stdout);
      return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
    }
    names.push_back(topic.name);
  }
  const std::string hint = did_you_mean(options.topic, names);
  std::fprintf(stderr, "saker list: unknown topic '%s'%s\n", options.topic.c_str(),
               hint.empty() ? "; 'saker list --help' shows them" : ("; " + hint).c_str());
  return kExitUsage;
}

}  // namespace saker
