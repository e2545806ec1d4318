// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "engine/base/unique_fd.h"

namespace saker {
namespace {

constexpr std::string_view kDeleted = " (deleted)";
constexpr std::string_view kMemfd = "/memfd:";

// dev_t as user space of the kernel encodes it, which is how wire.h has it.
uint32_t encode_device(uint32_t major, uint32_t minor) {
  return (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12);
}

uint64_t nanoseconds(const struct statx_timestamp& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// Neither is a reason to report: the process, or what it had, is gone.
bool is_gone(int error) { return error == ENOENT || error == ESRCH; }

}  // namespace

ProcFiles::ProcFiles(std::string root) : root_(std::move(root)) {
  if (!root_.ends_with('/')) {
    root_ += '/';
  }
}

std::string ProcFiles::path(uint32_t pid, std::string_view file) const {
  std::string path = root_ + "proc/" + std::to_string(pid) + '/';
  path += file;
  return path;
}

std::string ProcFiles::read(const std::string& path, size_t max, bool* cut) {
  std::string text;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    unreadable_ += is_gone(errno) ? 0 : 1;
    return text;
  }
  text.resize(max + 1);
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
    if (count <= 0) {
      unreadable_ += count < 0 && errno != ESRCH ? 1 : 0;
      break;
    }
    size += static_cast<size_t>(count);
  }
  if (cut != nullptr) {
    *cut = size > max;
  }
  text.resize(std::min(size, max));
  return text;
}

std::string ProcFiles::read_link(const std::string& path) {
  std::string target(EV_PATH_MAX, '\0');
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) {
    unreadable_ += is_gone(errno) ? 0 : 1;
    return {};
  }
  target.resize(static_cast<size_t>(size));
  return target;
}

std::vector<uint32_t> ProcFiles::numbers_in(const std::string& path, size_t max, bool* cut) {
  std::vector<uint32_t> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir) {
    unreadable_ += is_gone(errno) ? 0 : 1;
    return numbers;
  }
  while (const dirent* entry = ::readdir(dir.get())) {
    uint32_t number = 0;
    if (!parse_number(std::string_view(entry->d_name), number)) {
      continue;
    }
    if (numbers.size() == max) {
      if (cut != nullptr) {
        *cut = true;
      }
      break;
    }
    numbers.push_back(number);
  }
  return numbers;
}

bool ProcFiles::read_file_link(const std::string& link, ev_inode& inode, std::string& path) {
  path = read_link(link);
  struct statx info{};
  if (path.empty() ||
      ::statx(AT_FDCWD, link.c_str(), AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &info) != 0) {
    return false;
  }
  inode.ino = info.stx_ino;
  inode.dev = encode_device(info.stx_dev_major, info.stx_dev_minor);
  inode.mode = info.stx_mode;
  inode.uid = info.stx_uid;
  inode.gid = info.stx_gid;
  inode.ctime_ns = nanoseconds(info.stx_ctime);
  inode.mtime_ns = nanoseconds(info.stx_mtime);
  if (info.stx_nlink == 0 && path.ends_with(kDeleted)) {
    path.resize(path.size() - kDeleted.size());
    inode.flags |= EV_INODEF_UNLINKED;
    if (path.starts_with(kMemfd)) {
      path.erase(0, 1);
      inode.flags |= EV_INODEF_MEMFD;
    }
  }
  return true;
}

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

std::string_view line_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.starts_with(key)) {
      return line.substr(key.size());
    }
  }
  return {};
}

}  // namespace saker
