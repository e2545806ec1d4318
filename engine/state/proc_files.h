// SPDX-License-Identifier: Apache-2.0
// ProcFiles: reading what processes show of themselves in /proc. All of it may be hostile, and gone
// at any moment: reads are bounded, and what cannot be read is empty.
//
// Not thread-safe.
#ifndef SAKER_ENGINE_STATE_PROC_FILES_H
#define SAKER_ENGINE_STATE_PROC_FILES_H

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "probes/wire.h"

namespace saker {

class ProcFiles {
 public:
  // `root` is normally "/"; tests pass a fake tree with proc/ below it.
  explicit ProcFiles(std::string root);

  // Ends with '/'.
  [[nodiscard]] const std::string& root() const noexcept { return root_; }
  // Of a file in the directory of a process.
  [[nodiscard]] std::string path(uint32_t pid, std::string_view file) const;
  // Up to `max` bytes; empty when it cannot be read. `cut` tells that there was more.
  std::string read(const std::string& path, size_t max, bool* cut = nullptr);
  std::string read_link(const std::string& path);
  // Entries of a directory that are numbers, in no order; no more than `max`.
  std::vector<uint32_t> numbers_in(const std::string& path, size_t max, bool* cut = nullptr);
  // The path and the inode of the file that a link leads to, as the kernel side has them: without
  // the mark of an unlinked file, a memfd without its '/'. False: there is none, or it cannot be
  // seen. The file system is not asked, which may be one that never answers.
  bool read_file_link(const std::string& link, ev_inode& inode, std::string& path);

  // Files that could not be read for another reason than that the process was gone.
  [[nodiscard]] uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  std::string root_;
  uint64_t unreadable_ = 0;
};

template <typename T>
bool parse_number(std::string_view text, T& number, int radix = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  return error == std::errc() && end != text.data();
}

// The next word of `text`, which is cut behind it.
std::string_view next_word(std::string_view& text);
// The next line of `text`, which is cut behind it.
std::string_view next_line(std::string_view& text);
// The rest of the line that starts with `key`; empty: there is none.
[[nodiscard]] std::string_view line_of(std::string_view text, std::string_view key);

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROC_FILES_H
