// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_ocsf.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "outputs/alert_members.h"
#include "outputs/attack_tags.h"
#include "outputs/field_writers.h"
#include "outputs/json.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

struct Severity {
  int64_t id;
  std::string_view name;
};
// By priority.
constexpr Severity kSeverities[] = {
    {6, "Fatal"},  {5, "Critical"}, {5, "Critical"},      {4, "High"},
    {3, "Medium"}, {2, "Low"},      {1, "Informational"}, {1, "Informational"},
};

const Severity& severity_of(const Alert& alert) {
  return kSeverities[static_cast<size_t>(alert.priority)];
}

// Times of OCSF are milliseconds.
void write_time(Members& members, std::string_view path, const MemberSource& source) {
  if (const auto time_ns = source.integer()) {
    members.at(path).integer(*time_ns / kNsPerMs);
  }
}

void write_file_type(Members& members, std::string_view path, const MemberSource& source) {
  constexpr int64_t kRegularFile = 1;
  constexpr int64_t kFolder = 2;
  if (const std::string_view type = source.text(); type == "file" || type == "directory") {
    members.at(path).integer(type == "file" ? kRegularFile : kFolder);
  }
}

// The kubelet names pods of its own files by a hash, which OCSF does not take for a UUID.
void write_uuid(Members& members, std::string_view path, const MemberSource& source) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const std::string_view text = source.text();
  const auto fits = [](char c, char form) {
    const auto lower = static_cast<char>(c | 0x20);
    return form == '-' ? c == '-' : (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
  };
  if (std::ranges::equal(text, kForm, fits)) {
    members.at(path).text(text);
  }
}

void write_uid_in(JsonWriter& json, std::string_view object, std::string_view uid) {
  json.key(object);
  json.begin_object();
  json.key("uid");
  json.text(uid);
  json.end_object();
}

void write_technique(JsonWriter& json, std::string_view tag) {
  json.begin_object();
  if (is_sub_technique(tag)) {
    write_uid_in(json, "sub_technique", tag);
  }
  write_uid_in(json, "technique", technique_of(tag));
  json.end_object();
}

void write_tactic(JsonWriter& json, const AttackTactic& tactic) {
  json.begin_object();
  json.key("tactic");
  json.begin_object();
  json.key("name");
  json.text(tactic.name);
  json.key("uid");
  json.text(tactic.id);
  json.end_object();
  json.end_object();
}

// An entry for each tag: a rule does not say which technique serves which tactic.
void write_attacks(Members& members, std::string_view path, const MemberSource& source) {
  const auto is_attack = [](std::string_view tag) {
    return is_technique(tag) || find_tactic(tag) != nullptr;
  };
  if (std::ranges::none_of(source.alert.tags, is_attack)) {
    return;
  }
  JsonWriter& json = members.at(path);
  json.begin_array();
  for (const std::string& tag : source.alert.tags) {
    if (is_technique(tag)) {
      write_technique(json, tag);
    } else if (const AttackTactic* tactic = find_tactic(tag); tactic != nullptr) {
      write_tactic(json, *tactic);
    }
  }
  json.end_array();
}

constexpr std::string_view kEvidence = "evidences[]";
constexpr std::string_view kProcess = "evidences[].actor.process";
constexpr std::string_view kExecutable = "evidences[].actor.process.file";
constexpr std::string_view kParent = "evidences[].actor.process.parent_process";
constexpr std::string_view kParentExecutable = "evidences[].actor.process.parent_process.file";
constexpr std::string_view kUser = "evidences[].actor.user";
constexpr std::string_view kConnection = "evidences[].connection_info";
constexpr std::string_view kClient = "evidences[].src_endpoint";
constexpr std::string_view kServer = "evidences[].dst_endpoint";
constexpr std::string_view kFile = "evidences[].file";
constexpr std::string_view kImage = "evidences[].container.image";
constexpr std::string_view kContainer = "evidences[].container";

constexpr MemberRow kRows[] = {
    {"activity_id", "", write_constant<1>},  // Create
    {"category_uid", "", write_constant<2>},
    {"class_uid", "", write_constant<2004>},
    {"count", "", write_repeat_count},
    {"device.hostname", "", write_hostname},
    {"device.type_id", "", write_constant<0>},  // Unknown
    {"end_time", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       if (source.alert.repeat_count > 1) {
         members.at(path).integer(source.alert.time_ns / kNsPerMs);
       }
     }},

    // A process is identified by its pid, so without one there is no process.
    {"evidences[].actor.process.pid", "proc.pid", write_integer},
    {"evidences[].actor.process.cmd_line", "proc.exeline", write_text, kProcess},
    {"evidences[].actor.process.cmd_line", "proc.cmdline", write_text, kProcess},
    {"evidences[].actor.process.created_time", "proc.pid.ts", write_time, kProcess},
    {"evidences[].actor.process.file.name", "proc.exepath", write_base_name, kProcess},
    {"evidences[].actor.process.file.path", "proc.exepath", write_path, kExecutable},
    {"evidences[].actor.process.file.type_id", "", write_constant<1>, kExecutable},  // Regular File
    {"evidences[].actor.process.name", "proc.name", write_text, kProcess},
    {"evidences[].actor.process.parent_process.pid", "proc.ppid", write_integer, kProcess},
    {"evidences[].actor.process.parent_process.cmd_line", "proc.pcmdline", write_text, kParent},
    {"evidences[].actor.process.parent_process.created_time", "proc.ppid.ts", write_time, kParent},
    {"evidences[].actor.process.parent_process.file.name", "proc.pexepath", write_base_name,
     kParent},
    {"evidences[].actor.process.parent_process.file.path", "proc.pexepath", write_path,
     kParentExecutable},
    {"evidences[].actor.process.parent_process.file.type_id", "", write_constant<1>,
     kParentExecutable},
    {"evidences[].actor.process.parent_process.name", "proc.pname", write_text, kParent},
    {"evidences[].actor.process.tid", "thread.tid", write_integer, kProcess},
    {"evidences[].actor.user.name", "user.name", write_text},
    {"evidences[].actor.user.uid", "user.uid", write_id},
    {"evidences[].actor.user.groups[].name", "group.name", write_text, kUser},
    {"evidences[].actor.user.groups[].uid", "group.gid", write_id, kUser},
    {"evidences[].src_endpoint.ip", "fd.cip", write_ip},
    {"evidences[].src_endpoint.ip", "fd.name", write_client_ip},
    {"evidences[].src_endpoint.port", "fd.cport", write_port, kClient},
    {"evidences[].src_endpoint.port", "fd.name", write_client_port, kClient},
    {"evidences[].dst_endpoint.ip", "fd.sip", write_ip},
    {"evidences[].dst_endpoint.ip", "fd.name", write_server_ip},
    {"evidences[].dst_endpoint.port", "fd.sport", write_port, kServer},
    {"evidences[].dst_endpoint.port", "fd.name", write_server_port, kServer},
    {"evidences[].connection_info.protocol_name", "fd.l4proto", write_text},
    {"evidences[].connection_info.direction_id", "", write_constant<0>, kConnection},  // Unknown
    {"evidences[].file.name", "fd.name", write_base_name},
    {"evidences[].file.name", "fs.path.name", write_base_name},
    {"evidences[].file.path", "fd.name", write_path, kFile},
    {"evidences[].file.path", "fs.path.name", write_path, kFile},
    {"evidences[].file.type_id", "fd.type", write_file_type, kFile},
    {"evidences[].file.type_id", "", write_constant<0>, kFile},  // Unknown
    // A container alone is no evidence.
    {"evidences[].container.uid", "container.full_id", write_container_text, kEvidence},
    {"evidences[].container.uid", "container.id", write_container_text, kEvidence},
    {"evidences[].container.name", "container.name", write_container_text, kEvidence},
    {"evidences[].container.image.uid", "container.image.id", write_text, kContainer},
    {"evidences[].container.image.uid", "container.image.digest", write_text, kContainer},
    {"evidences[].container.image.uid", "container.image.repository", write_text, kContainer},
    {"evidences[].container.image.name", "container.image.repository", write_text, kImage},
    {"evidences[].container.image.tag", "container.image.tag", write_text, kImage},
    {"evidences[].container.pod_uuid", "k8s.pod.uid", write_uuid, kContainer},
    {"evidences[].container.runtime", "container.type", write_container_text, kContainer},

    {"finding_info.analytic.name", "", write_rule},
    {"finding_info.analytic.type_id", "", write_constant<1>},  // Rule
    {"finding_info.attacks", "", write_attacks},
    {"finding_info.desc", "", write_message},
    {"finding_info.title", "", write_rule},
    {"finding_info.uid", "",  // required, so it is there even if empty
     [](Members& members, std::string_view path, const MemberSource& source) {
       members.at(path).text(source.alert.id);
     }},
    {"message", "", write_message},
    {"metadata.labels", "", write_tags},
    {"metadata.log_level", "", write_priority},
    {"metadata.log_name", "", write_source},
    {"metadata.original_time", "", write_time_text},
    {"metadata.product.name", "", write_constant<"Saker">},
    {"metadata.product.vendor_name", "", write_constant<"Saker">},
    {"metadata.product.version", "", write_constant<SAKER_VERSION>},
    {"metadata.profiles", "", write_constant_list<"host">},
    {"metadata.sequence", "", write_seq},
    {"metadata.uid", "", write_alert_id},
    {"metadata.version", "", write_constant<"1.3.0">},
    {"severity", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       members.at(path).text(severity_of(source.alert).name);
     }},
    {"severity_id", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       members.at(path).integer(severity_of(source.alert).id);
     }},
    {"start_time", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       if (source.alert.repeat_count > 1) {
         members.at(path).integer(source.alert.first_time_ns / kNsPerMs);
       }
     }},
    {"status_id", "", write_constant<1>},  // New
    {"time", "",
     [](Members& members, std::string_view path, const MemberSource& source) {
       members.at(path).integer(source.alert.time_ns / kNsPerMs);
     }},
    {"type_uid", "", write_constant<200401>},  // of class and activity
    {"unmapped", "", write_fields},
};
static_assert(are_grouped(kRows));

}  // namespace

std::span<const MemberRow> ocsf_rows() { return kRows; }

void append_ocsf(std::string& out, const Alert& alert, uint64_t seq) {
  write_members(out, kRows, alert, seq);
}

}  // namespace saker
