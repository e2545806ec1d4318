// SPDX-License-Identifier: Apache-2.0
#include "engine/base/journal.h"

#include <sys/stat.h>

#include <cstdlib>
#include <string_view>

namespace saker {

// JOURNAL_STREAM is "DEVICE:INODE" of the socket, inherited by whoever the service starts: a
// descriptor that leads elsewhere by now has other numbers.
bool is_journal(int fd) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status{};
  return stream != nullptr && ::fstat(fd, &status) == 0 &&
         std::string_view(stream) ==
             std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string journal_prefix(Priority priority) {
  return "<" + std::to_string(static_cast<int>(priority)) + ">";
}

}  // namespace saker
