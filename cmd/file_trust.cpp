// SPDX-License-Identifier: Apache-2.0
#include "cmd/file_trust.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/setting_text.h"

namespace saker {
namespace {

constexpr std::string_view kReason =
    "what a sensor that runs as root does is up to root and its caller alone";

// Who called the program by sudo; root: nobody.
uint32_t sudo_user() {
  uint32_t user = 0;
  const char* const text = std::getenv("SUDO_UID");
  const bool is_user = text != nullptr && set_integer<uint32_t>(user, text, 0, UINT32_MAX).empty();
  return is_user ? user : 0;
}

std::string octal(uint32_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return text.data();
}

}  // namespace

FileTrust::FileTrust(std::vector<uint32_t> owners)
    : is_root_(::geteuid() == 0), owners_(std::move(owners)) {
  owners_.insert(owners_.end(), {0, ::getuid(), sudo_user()});
}

void FileTrust::add_finding(const std::string& path, FileStatus status, Severity severity,
                            std::vector<Diagnostic>& findings) const {
  const bool is_open = (status.mode & S_IWOTH) != 0;
  if (!is_root_ || (!is_open && std::ranges::find(owners_, status.owner) != owners_.end())) {
    return;
  }
  Diagnostic finding;
  finding.severity = severity;
  finding.contexts = {{"rules content", path, nullptr, {}}};
  if (is_open) {
    finding.message = "'" + path + "' can be written by everyone (mode " + octal(status.mode) + ")";
    finding.hint = std::string(kReason) + ": chmod o-w '" + path + "'";
  } else {
    finding.message = "'" + path + "' belongs to user " + std::to_string(status.owner);
    finding.hint = std::string(kReason) + ": chown root '" + path + "'";
  }
  findings.push_back(std::move(finding));
}

std::vector<Diagnostic> FileTrust::findings(
    const std::vector<std::shared_ptr<const SourceText>>& files, Severity severity) const {
  std::vector<Diagnostic> findings;
  for (const auto& file : files) {
    add_finding(file->name(), file->status(), severity, findings);
  }
  return findings;
}

std::vector<Diagnostic> FileTrust::findings_of_directories(const std::vector<std::string>& paths,
                                                           Severity severity) const {
  std::vector<Diagnostic> findings;
  for (const std::string& path : paths) {
    struct stat info{};
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      add_finding(path, {info.st_uid, info.st_mode}, severity, findings);
    }
  }
  return findings;
}

}  // namespace saker
