// SPDX-License-Identifier: Apache-2.0
#include "cmd/run_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/json.h"
#include "outputs/json.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

constexpr size_t kMaxBytes = 4096;
constexpr double kMaxPid = 4'194'304;  // the kernel's limit

// From its beginning; empty: there is none, or nothing in it.
std::string content_of(int fd) {
  std::array<char, kMaxBytes> buffer{};
  const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  return size > 0 ? std::string(buffer.data(), static_cast<size_t>(size)) : std::string();
}

// Of this boot of the host; empty without /proc.
std::string boot_id() {
  const UniqueFd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  const std::string id = file ? content_of(file.get()) : std::string();
  return id.substr(0, id.find('\n'));
}

std::string text_of_this_run(const std::string& boot) {
  const int64_t now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  std::string text;
  {
    JsonWriter json(text);
    json.begin_object();
    json.unsigned_integer("pid", static_cast<uint64_t>(::getpid()));
    json.text("boot_id", boot);
    json.text("started", utc_time(now_ns));
    json.text("saker_version", SAKER_VERSION);
    json.end_object();
  }
  return text + "\n";
}

std::optional<RunFile::Run> read_run(const std::string& text, std::string_view boot) {
  if (text.empty()) {
    return std::nullopt;
  }
  RunFile::Run run;
  if (const auto document = JsonDocument::parse(text)) {
    const JsonValue root = document->root();
    run.pid = static_cast<uint32_t>(std::clamp(root["pid"].number().value_or(0), 0.0, kMaxPid));
    run.started = root["started"].text();
    run.is_of_this_boot = !boot.empty() && root["boot_id"].text() == boot;
  }
  return run;
}

}  // namespace

Result<std::unique_ptr<RunFile>> RunFile::begin(const std::string& path) {
  std::error_code failed;  // opening tells
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    return Error{"cannot open " + path, errno, "set self_protection.run_file"};
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{"cannot lock " + path, errno,
                 "when another sensor runs here, set self_protection.run_file"};
  }
  const std::string boot = boot_id();
  auto left = read_run(content_of(fd.get()), boot);
  const std::string text = text_of_this_run(boot);
  if (::ftruncate(fd.get(), 0) != 0 ||
      ::pwrite(fd.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
      ::fdatasync(fd.get()) != 0) {
    return Error{"cannot write " + path, errno, "set self_protection.run_file"};
  }
  return std::unique_ptr<RunFile>(new RunFile(std::move(fd), std::move(left)));
}

RunFile::~RunFile() {
  // Nothing can be done about a failure: the next start takes the run for one that was killed.
  [[maybe_unused]] const int failed = ::ftruncate(fd_.get(), 0);
}

std::shared_ptr<Alert> make_left_run_alert(const RunFile::Run& run, const AlertOrigin& origin) {
  return make_internal_alert(
      "sensor did not come to its end",
      run.is_of_this_boot ? Priority::kCritical : Priority::kWarning, origin,
      {{"run.pid", std::to_string(run.pid)},
       {"run.started", run.started},
       {"run.cause", run.is_of_this_boot ? "killed or crashed" : "the host went down"}});
}

}  // namespace saker
