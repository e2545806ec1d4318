// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_ecs.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "outputs/alert_members.h"
#include "outputs/attack_tags.h"
#include "outputs/field_writers.h"
#include "outputs/json.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

// What an evt.category, or a tag of the rule, says of event.category.
struct Category {
  std::string_view word;
  std::string_view name;
};
constexpr Category kCategories[] = {
    {"file", "file"},       {"filesystem", "file"}, {"net", "network"},
    {"network", "network"}, {"process", "process"},
};

bool is_about(const Alert& alert, std::string_view word) {
  return find_text(alert, "evt.category") == word ||
         std::ranges::find(alert.tags, word) != alert.tags.end();
}

void write_categories(Members& members, std::string_view path, const MemberSource& source) {
  JsonWriter& json = members.at(path);
  json.begin_array();
  json.text("intrusion_detection");
  std::string_view last;
  for (const auto& [word, name] : kCategories) {
    if (name != last && is_about(source.alert, word)) {
      json.text(name);
      last = name;
    }
  }
  json.end_array();
}

void write_outcome_of_failed(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto* failed = std::get_if<bool>(&source.value->value)) {
    members.at(path).text(*failed ? "failure" : "success");
  }
}

void write_outcome_of_result(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view result = source.text(); !result.empty()) {
    members.at(path).text(result == "SUCCESS" ? "success" : "failure");
  }
}

void write_time(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto time_ns = source.integer()) {
    members.at(path).text(utc_time(*time_ns));
  }
}

void write_file_type(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view type = source.text(); type == "file" || type == "directory") {
    members.at(path).text(type == "file" ? "file" : "dir");
  }
}

void write_ip_version(Members& members, std::string_view path, const MemberSource& source) {
  if (const std::string_view type = source.text(); type == "ipv4" || type == "ipv6") {
    members.at(path).text(type);
  }
}

// What each tag of the alert stands for, if for anything; no array when none does.
template <typename TextOf>
void write_texts_of_tags(Members& members, std::string_view path, const MemberSource& source,
                         TextOf text_of) {
  std::string_view last;
  JsonWriter* json = nullptr;
  for (const std::string& tag : source.alert.tags) {
    const std::string_view text = text_of(tag);
    if (text.empty() || text == last) {  // tags are sorted: T1055.008, T1055.009
      continue;
    }
    if (json == nullptr) {
      json = &members.at(path);
      json->begin_array();
    }
    json->text(text);
    last = text;
  }
  if (json != nullptr) {
    json->end_array();
  }
}

template <auto kText>
void write_tactics(Members& members, std::string_view path, const MemberSource& source) {
  write_texts_of_tags(members, path, source, [](std::string_view tag) {
    const AttackTactic* tactic = find_tactic(tag);
    return tactic == nullptr ? std::string_view() : tactic->*kText;
  });
}

void write_techniques(Members& members, std::string_view path, const MemberSource& source) {
  write_texts_of_tags(members, path, source, [](std::string_view tag) {
    return is_technique(tag) ? technique_of(tag) : std::string_view();
  });
}

void write_sub_techniques(Members& members, std::string_view path, const MemberSource& source) {
  write_texts_of_tags(members, path, source, [](std::string_view tag) {
    return is_sub_technique(tag) ? tag : std::string_view();
  });
}

template <std::string_view Alert::* kText>
void write_decided(Members& members, std::string_view path, const MemberSource& source) {
  if (!source.alert.decision.empty()) {
    members.at(path).text(source.alert.*kText);
  }
}

// Numbers are those of syslog.
void write_severity(Members& members, std::string_view path, const MemberSource& source) {
  members.at(path).integer(static_cast<int64_t>(source.alert.priority));
}

constexpr MemberRow kRows[] = {
    {"@timestamp", "", write_time_text},
    {"container.id", "container.full_id", write_container_text},
    {"container.id", "container.id", write_container_text},
    {"container.image.hash.all", "container.image.digest", write_text_list},
    {"container.image.name", "container.image.repository", write_text},
    {"container.image.tag", "container.image.tag", write_text_list},
    {"container.name", "container.name", write_container_text},
    {"container.runtime", "container.type", write_container_text},
    {"container.security_context.privileged", "container.privileged", write_boolean},
    {"destination.ip", "fd.sip", write_ip},
    {"destination.ip", "fd.name", write_server_ip},
    {"destination.port", "fd.sport", write_port},
    {"destination.port", "fd.name", write_server_port},
    {"ecs.version", "", write_constant<"8.11.0">},
    {"event.action", "evt.type", write_text},
    {"event.category", "", write_categories},
    {"event.dataset", "", write_constant<"saker.alerts">},
    {"event.end", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       if (source.alert.repeat_count > 1) {
         members.at(path).text(utc_time(source.alert.time_ns));
       }
     }},
    {"event.id", "", write_alert_id},
    {"event.kind", "", write_constant<"alert">},
    {"event.module", "", write_constant<"saker">},
    {"event.outcome", "evt.failed", write_outcome_of_failed},
    {"event.outcome", "evt.res", write_outcome_of_result},
    {"event.provider", "", write_source},
    {"event.sequence", "", write_seq},
    {"event.severity", "", write_severity},
    {"event.start", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       if (source.alert.repeat_count > 1) {
         members.at(path).text(utc_time(source.alert.first_time_ns));
       }
     }},
    {"event.type", "", write_constant_list<"info">},  // allowed with each of the categories
    {"file.directory", "fd.directory", write_path},
    {"file.inode", "fd.ino", write_id},
    {"file.name", "fd.filename", write_text},
    {"file.path", "fd.name", write_path},
    {"file.path", "fs.path.name", write_path},
    {"file.type", "fd.type", write_file_type},
    {"host.hostname", "", write_hostname},
    {"host.name", "", write_hostname},
    {"log.level", "", write_priority},
    {"log.syslog.severity.code", "", write_severity},
    {"log.syslog.severity.name", "", write_priority},
    {"message", "", write_message},
    {"network.transport", "fd.l4proto", write_text},
    {"network.type", "fd.type", write_ip_version},
    {"observer.hostname", "", write_hostname},
    {"observer.product", "", write_constant<"Saker">},
    {"observer.type", "", write_constant<"sensor">},
    {"observer.vendor", "", write_constant<"Saker">},
    {"observer.version", "", write_constant<SAKER_VERSION>},
    {"orchestrator.namespace", "k8s.ns.name", write_text},
    {"orchestrator.resource.id", "k8s.pod.uid", write_text},
    {"orchestrator.resource.ip", "k8s.pod.ip", write_ip_list},
    {"orchestrator.resource.name", "k8s.pod.name", write_text},
    {"orchestrator.resource.type", "", write_constant<"pod">, "orchestrator.resource"},
    {"orchestrator.type", "", write_constant<"kubernetes">, "orchestrator"},
    {"process.command_line", "proc.exeline", write_text},
    {"process.command_line", "proc.cmdline", write_text},
    {"process.executable", "proc.exepath", write_path},
    {"process.group_leader.executable", "proc.pgid.exepath", write_path},
    {"process.group_leader.name", "proc.pgid.name", write_text},
    {"process.group_leader.pid", "proc.pgid", write_integer},
    {"process.name", "proc.name", write_text},
    {"process.parent.command_line", "proc.pcmdline", write_text},
    {"process.parent.executable", "proc.pexepath", write_path},
    {"process.parent.name", "proc.pname", write_text},
    {"process.parent.pid", "proc.ppid", write_integer},
    {"process.parent.start", "proc.ppid.ts", write_time},
    {"process.parent.vpid", "proc.pvpid", write_integer},
    {"process.pid", "proc.pid", write_integer},
    {"process.session_leader.executable", "proc.sid.exepath", write_path},
    {"process.session_leader.name", "proc.sname", write_text},
    {"process.start", "proc.pid.ts", write_time},
    {"process.thread.id", "thread.tid", write_integer},
    {"process.vpid", "proc.vpid", write_integer},
    {"process.working_directory", "proc.cwd", write_path},
    {"rule.name", "", write_rule},
    {"saker.decision", "", write_decided<&Alert::decision>},
    {"saker.fields", "", write_fields},
    {"saker.hook", "", write_decided<&Alert::hook>},
    {"saker.repeat_count", "", write_repeat_count},
    {"source.ip", "fd.cip", write_ip},
    {"source.ip", "fd.name", write_client_ip},
    {"source.port", "fd.cport", write_port},
    {"source.port", "fd.name", write_client_port},
    {"tags", "", write_tags},
    {"threat.tactic.id", "", write_tactics<&AttackTactic::id>},
    {"threat.tactic.name", "", write_tactics<&AttackTactic::name>},
    {"threat.technique.id", "", write_techniques},
    {"threat.technique.subtechnique.id", "", write_sub_techniques},
    {"threat.framework", "", write_constant<"MITRE ATT&CK">, "threat"},
    {"user.group.id", "group.gid", write_id},
    {"user.group.name", "group.name", write_text},
    {"user.id", "user.uid", write_id},
    {"user.name", "user.name", write_text},
};
static_assert(are_grouped(kRows));

}  // namespace

std::span<const MemberRow> ecs_rows() { return kRows; }

void append_ecs(std::string& out, const Alert& alert, uint64_t seq) {
  write_members(out, kRows, alert, seq);
}

}  // namespace saker
