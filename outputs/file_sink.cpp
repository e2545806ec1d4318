// SPDX-License-Identifier: Apache-2.0
#include "outputs/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/sink.h"
#include "outputs/write_bodies.h"

namespace saker {
namespace {

constexpr SettingDef kSettings[] = {
    {"filename", SettingType::kText, "",
     "File to append to; it is made with mode 0600. Its directory must exist."},
    {"keep_alive", SettingType::kBool, "false",
     "false: before writing, see whether the file was moved or removed, and then begin a new one. "
     "true: only SIGUSR1 opens it anew."},
    {"rotate_size_mib", SettingType::kInteger, "0",
     "Move the file to FILENAME.1, the one there to FILENAME.2 and so on, before it gets larger "
     "than this; 0: never.",
     "", 0, 1 << 20},
    {"rotate_age_hours", SettingType::kInteger, "0",
     "The same with the first alert after the file has become this old; 0: never.", "", 0,
     24 * 3660},
    {"rotate_keep", SettingType::kInteger, "5", "How many moved files are kept.", "", 1, 1000},
    {"fsync", SettingType::kText, "never",
     "batch: what was waiting together is on disk before it counts as written. never: the kernel "
     "decides when, and a power loss takes the last alerts.",
     "never|batch"},
};

struct Hint {
  int errno_value;
  std::string_view text;
};
constexpr Hint kHints[] = {
    {ENOENT, "its directory is missing"},
    {EACCES, "the sensor may not write there"},
    {ELOOP, "it is a symbolic link: give the path that it points to"},
    {ENXIO, "it is a FIFO that nobody reads, or a socket"},
    {EPIPE, "it is a FIFO that nobody reads"},
    {EISDIR, "give the path of a file"},
};

// The path of moved file `number`; 0: the present one.
std::string numbered(const std::string& path, int number) {
  return number == 0 ? path : path + "." + std::to_string(number);
}

bool exists(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

// When the file was made; nothing where the file system does not know.
std::optional<FileSink::Clock::time_point> birth_of(int fd) {
  struct statx info{};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &info) != 0 ||
      (info.stx_mask & STATX_BTIME) == 0) {
    return std::nullopt;
  }
  return FileSink::Clock::from_time_t(static_cast<time_t>(info.stx_btime.tv_sec));
}

bool ends_in_half_line(int fd, off_t size) {
  // The descriptor cannot read, and the path may be another file by now.
  const UniqueFd reader(
      ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC));
  char last = '\n';
  return reader && size > 0 && ::pread(reader.get(), &last, 1, size - 1) == 1 && last != '\n';
}

// So that a new file still has its name after a power loss.
void sync_directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const UniqueFd fd(
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) {
    ::fsync(fd.get());  // as far as the file system can; the alerts are synced on their own
  }
}

}  // namespace

FileSink::FileSink(FileOptions options, const AlertFormat& format, Clock::time_point (*now)())
    : options_(std::move(options)), format_(format), now_(now) {}

Error FileSink::cannot(std::string_view verb, int error) const {
  const Hint* hint = std::ranges::find(kHints, error, &Hint::errno_value);
  return {"cannot " + std::string(verb) + " '" + options_.path + "'", error,
          std::string(hint != std::end(kHints) ? hint->text : "")};
}

Result<void> FileSink::open() {
  // O_NONBLOCK: a FIFO that nobody reads shall not hang the sensor.
  UniqueFd fd(::open(options_.path.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK,
                     0600));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return cannot("open", errno);
  }
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) {
    return Error{cannot("open", 0).what, 0, "it is no file to append to"};
  }
  is_regular_ = S_ISREG(info.st_mode);
  size_bytes_ = static_cast<uint64_t>(info.st_size);
  ends_in_half_line_ = is_regular_ && ends_in_half_line(fd.get(), info.st_size);
  if (is_regular_) {
    born_ = birth_of(fd.get()).value_or(now_());
    if (options_.sync) {
      sync_directory_of(options_.path);
    }
  }
  fd_ = std::move(fd);
  return {};
}

void FileSink::render(const Alert& alert, Message& message) const {
  format_.append(message.body, alert, message.seq);
  message.body += '\n';
}

std::optional<Error> FileSink::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

bool FileSink::is_in_place() const {
  struct stat open_file{};
  struct stat at_path{};
  return ::fstat(fd_.get(), &open_file) == 0 && ::lstat(options_.path.c_str(), &at_path) == 0 &&
         open_file.st_dev == at_path.st_dev && open_file.st_ino == at_path.st_ino;
}

Result<void> FileSink::make_ready() {
  if (!fd_ || (!options_.keep_alive && !is_in_place())) {
    return open();
  }
  struct stat info{};
  if (::fstat(fd_.get(), &info) != 0) {
    return cannot("write to", errno);
  }
  size_bytes_ = static_cast<uint64_t>(info.st_size);  // others may have cut it or appended
  return {};
}

BlockingSink::Written FileSink::write(std::span<const Message> messages) {
  if (Result<void> ready = make_ready(); !ready) {
    return {0, SendFailure{std::move(ready).error(), false}};
  }
  Written all;
  while (all.count < messages.size() && !all.failure) {
    const auto rest = messages.subspan(all.count);
    Written part = append(rest.first(fit(rest)));
    all.count += part.count;
    all.failure = std::move(part.failure);
  }
  return all;
}

size_t FileSink::fit(std::span<const Message> messages) {
  if (!is_regular_) {
    return messages.size();
  }
  if (is_too_old()) {
    rotate();
  }
  if (options_.rotate_bytes == 0) {
    return messages.size();
  }
  if (size_bytes_ > 0 && size_bytes_ + messages[0].body.size() > options_.rotate_bytes &&
      !rotate()) {
    return messages.size();  // a file that is too large is better than lost alerts
  }
  uint64_t size = size_bytes_ + messages[0].body.size();
  size_t count = 1;  // a line may be larger than a file shall be
  while (count < messages.size() && size + messages[count].body.size() <= options_.rotate_bytes) {
    size += messages[count].body.size();
    ++count;
  }
  return count;
}

bool FileSink::is_too_old() const {
  return options_.rotate_age.count() > 0 && size_bytes_ > 0 &&
         now_() - born_ >= options_.rotate_age;
}

bool FileSink::rotate() {
  Result<void> moved = move_files();
  const std::lock_guard lock(mutex_);
  trouble_.reset();
  if (!moved) {
    trouble_ = std::move(moved).error();
  }
  return !trouble_;
}

Result<void> FileSink::move_files() {
  if (!is_in_place()) {
    return open();  // somebody else has moved it
  }
  // Only files up to the first number that is free need to move: a rotation that fails again and
  // again pushes none out.
  int free = 1;
  while (free < options_.rotate_keep && exists(numbered(options_.path, free))) {
    ++free;
  }
  for (int number = free; number > 0; --number) {
    if (::rename(numbered(options_.path, number - 1).c_str(),
                 numbered(options_.path, number).c_str()) != 0) {
      return cannot("rotate", errno);
    }
  }
  Result<void> opened = open();
  if (!opened) {
    ::rename(numbered(options_.path, 1).c_str(), options_.path.c_str());
  }
  return opened;
}

BlockingSink::Written FileSink::append(std::span<const Message> messages) {
  if (ends_in_half_line_ && ::write(fd_.get(), "\n", 1) != 1) {
    return {0, SendFailure{cannot("write to", errno), false}};
  }
  ends_in_half_line_ = false;
  const WriteProgress progress = write_bodies(fd_.get(), messages);
  for (const Message& message : messages.first(progress.count)) {
    size_bytes_ += message.body.size();
  }
  Written written{progress.count, {}};
  if (progress.errno_value != 0) {
    written.failure = SendFailure{cannot("write to", progress.errno_value), false};
    if (is_regular_) {
      cut(progress.part_bytes);
    } else {
      fd_.reset();  // opened again with the next try: a FIFO may have a new reader then
    }
  }
  if (options_.sync && is_regular_ && ::fdatasync(fd_.get()) != 0) {
    return {0, SendFailure{cannot("sync", errno), false}};
  }
  return written;
}

void FileSink::cut(size_t part_bytes) {
  if (part_bytes == 0) {
    return;
  }
  const off_t end = ::lseek(fd_.get(), 0, SEEK_CUR);
  struct stat info{};
  // Not when somebody else has appended to it since.
  const bool is_last = ::fstat(fd_.get(), &info) == 0 && info.st_size == end;
  ends_in_half_line_ =
      !is_last || ::ftruncate(fd_.get(), end - static_cast<off_t>(part_bytes)) != 0;
}

std::span<const SettingDef> file_settings() { return kSettings; }

Result<std::unique_ptr<Sink>> make_file_sink(const SinkSettings& settings,
                                             const AlertFormat& format) {
  const FileOptions options{
      .path = settings.text("filename"),
      .keep_alive = settings.boolean("keep_alive"),
      .sync = settings.text("fsync") == "batch",
      .rotate_bytes = static_cast<uint64_t>(settings.integer("rotate_size_mib")) << 20U,
      .rotate_age = std::chrono::hours(settings.integer("rotate_age_hours")),
      .rotate_keep = static_cast<int>(settings.integer("rotate_keep")),
  };
  if (options.path.empty()) {
    return Error{"file_output has no file to write to", 0, "set file_output.filename"};
  }
  return std::unique_ptr<Sink>(std::make_unique<FileSink>(options, format));
}

}  // namespace saker
