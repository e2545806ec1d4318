// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process.h"

#include <linux/capability.h>
#include <sys/stat.h>

namespace saker {

void Process::update_texts() {
  args_text.clear();
  for (const std::string& argument : args) {
    if (&argument != &args.front()) {
      args_text += ' ';
    }
    args_text += argument;
  }
  cmdline = comm;
  if (!args.empty()) {
    cmdline += ' ';
    cmdline += args_text;
  }
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
