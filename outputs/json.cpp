// SPDX-License-Identifier: Apache-2.0
#include "outputs/json.h"

#include <rapidjson/rapidjson.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/strings.h"

namespace saker {

// A RapidJSON output stream into a std::string, without a check of the capacity for each byte.
// Between Reserve() and Flush() the string is longer than its text.
// NOLINTBEGIN(readability-identifier-naming): the names are RapidJSON's.
class StringStream {
 public:
  using Ch = char;

  explicit StringStream(std::string& out) : out_(out), size_(out.size()) {}
  void Reserve(size_t count) {
    if (out_.size() - size_ < count) {
      out_.resize(std::max(size_ + count, 2 * out_.size()));
    }
  }
  void Put(char c) {
    Reserve(1);
    PutUnsafe(c);
  }
  void PutUnsafe(char c) { out_[size_++] = c; }
  // The writer calls it at the end of the outermost value.
  void Flush() { out_.resize(size_); }

 private:
  std::string& out_;
  size_t size_;
};

// RapidJSON finds these by their argument.
inline void PutReserve(StringStream& stream, size_t count) { stream.Reserve(count); }
inline void PutUnsafe(StringStream& stream, char c) { stream.PutUnsafe(c); }
// NOLINTEND(readability-identifier-naming)

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

}  // namespace

struct JsonWriter::Impl {
  explicit Impl(std::string& out) : stream(out), writer(stream) {}

  // RapidJSON takes texts as they are, so they are made valid first.
  std::string_view valid(std::string_view value) {
    size_t bad = find_invalid_utf8(value);
    if (bad == std::string_view::npos) {
      return value;
    }
    valid_text.clear();
    for (; bad != std::string_view::npos; bad = find_invalid_utf8(value)) {
      valid_text += value.substr(0, bad);
      valid_text += kReplacement;
      value.remove_prefix(bad + 1);
    }
    valid_text += value;
    return valid_text;
  }

  StringStream stream;
  rapidjson::Writer<StringStream> writer;
  std::string valid_text;
};

JsonWriter::JsonWriter(std::string& out) : impl_(std::make_unique<Impl>(out)) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::begin_object() { impl_->writer.StartObject(); }
void JsonWriter::end_object() { impl_->writer.EndObject(); }
void JsonWriter::begin_array() { impl_->writer.StartArray(); }
void JsonWriter::end_array() { impl_->writer.EndArray(); }

void JsonWriter::key(std::string_view name) {
  const std::string_view valid = impl_->valid(name);
  impl_->writer.Key(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void JsonWriter::null() { impl_->writer.Null(); }
void JsonWriter::boolean(bool value) { impl_->writer.Bool(value); }
void JsonWriter::integer(int64_t value) { impl_->writer.Int64(value); }
void JsonWriter::unsigned_integer(uint64_t value) { impl_->writer.Uint64(value); }

void JsonWriter::real(double value) {
  if (std::isfinite(value)) {
    impl_->writer.Double(value);
  } else {
    impl_->writer.Null();
  }
}

void JsonWriter::text(std::string_view value) {
  const std::string_view valid = impl_->valid(value);
  impl_->writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

}  // namespace saker
