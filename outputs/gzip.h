// SPDX-License-Identifier: Apache-2.0
// gzip (RFC 1952). Owner of zlib.
#ifndef SAKER_OUTPUTS_GZIP_H
#define SAKER_OUTPUTS_GZIP_H

#include <string>
#include <string_view>

namespace saker {

[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace saker

#endif  // SAKER_OUTPUTS_GZIP_H
