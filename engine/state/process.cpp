// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process.h"

#include <linux/capability.h>
#include <sys/stat.h>

namespace saker {

void ArgList::clear() noexcept {
  bytes_.clear();
  count_ = 0;
}

void ArgList::add(std::string_view argument) {
  bytes_ += argument.substr(0, argument.find('\0'));
  bytes_ += '\0';
  ++count_;
}

std::string_view ArgList::operator[](size_t n) const noexcept {
  Iterator at = begin();
  for (size_t i = 0; i < n; ++i) {
    ++at;
  }
  return *at;
}

void Process::update_texts() {
  cmdline = comm;
  for (const std::string_view argument : args) {
    cmdline += ' ';
    cmdline += argument;
  }
  args_text = std::string_view(cmdline).substr(args.empty() ? cmdline.size() : comm.size() + 1);
}

size_t Process::text_bytes() const noexcept {
  return comm.size() + exe.size() + exe_path.size() + args.bytes().size() + cmdline.size() +
         env.size() + cwd.size();
}

bool can_write(const ev_task& task, const ev_inode& inode) noexcept {
  if (inode.ino == 0 || (inode.flags & EV_INODEF_RDONLY_FS) != 0) {
    return false;
  }
  if ((task.cap_effective & (uint64_t{1} << CAP_DAC_OVERRIDE)) != 0) {
    return true;
  }
  if (task.euid == inode.uid) {
    return (inode.mode & S_IWUSR) != 0;
  }
  return (inode.mode & (task.egid == inode.gid ? S_IWGRP : S_IWOTH)) != 0;
}

}  // namespace saker
