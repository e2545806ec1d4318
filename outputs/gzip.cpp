// SPDX-License-Identifier: Apache-2.0
#include "outputs/gzip.h"

#include <zlib.h>

#include <string>
#include <string_view>

#include "engine/base/check.h"

namespace saker {

std::string gzip(std::string_view text) {
  constexpr int kGzipWindow = 15 + 16;  // the largest, and a header of gzip
  constexpr int kMemoryLevel = 8;       // zlib's default
  z_stream stream{};
  // Fails for wrong arguments and without memory only.
  SAKER_CHECK(::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(::deflateBound(&stream, text.size()), '\0');
  // zlib does not change what the const_cast makes writable.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  SAKER_CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace saker
