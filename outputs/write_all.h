// SPDX-License-Identifier: Apache-2.0
// Writing a whole text to a descriptor, for sinks.
#ifndef SAKER_OUTPUTS_WRITE_ALL_H
#define SAKER_OUTPUTS_WRITE_ALL_H

#include <string_view>

#include "engine/base/result.h"

namespace saker {

// Writes all of `text`, waiting where a descriptor is non-blocking. The error has the errno of
// write(2) and no text: the caller knows what was written to. A part of the text may be out then.
// Requires: SIGPIPE is ignored.
Result<void> write_all(int fd, std::string_view text);

}  // namespace saker

#endif  // SAKER_OUTPUTS_WRITE_ALL_H
