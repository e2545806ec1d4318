// SPDX-License-Identifier: Apache-2.0
// MemberRow: one row per member of a JSON document that is made of an alert (alert_ecs.h,
// alert_ocsf.h): where it stands, which field of the alert it shows, and how.
//
// A path names the objects around the member: "process.parent.pid". A name with [] behind it is an
// array with one object in it: "evidences[].file.path".
#ifndef SAKER_OUTPUTS_ALERT_MEMBERS_H
#define SAKER_OUTPUTS_ALERT_MEMBERS_H

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "outputs/json.h"

namespace saker {

// Writes members of nested objects, one behind the other.
class Members {
 public:
  explicit Members(std::string& out) : json_(out) { json_.begin_object(); }

  // Opens and closes objects as the path needs and writes the key. The caller writes one value.
  // The path must outlive the Members. Requires: no object on the path was closed before.
  JsonWriter& at(std::string_view path);
  // Whether this was the last member, or is an object that is still open.
  [[nodiscard]] bool has(std::string_view path) const noexcept;
  // Closes everything.
  void end();

 private:
  // Closes the objects around the last member, but for those that the first `kept` bytes name.
  void close(size_t kept);

  JsonWriter json_;
  std::string_view last_;  // path of the member that was written last
};

// What a row makes its value of.
struct MemberSource {
  const Alert& alert;
  uint64_t seq;              // of the message
  const OutputValue* value;  // of the row's field; null for rows without one

  // The value of the field; empty when it is of another kind. Require: value.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::optional<int64_t> integer() const;
};

struct MemberRow {
  std::string_view path;
  std::string_view field;  // the row counts only when the alert has it; empty: always
  // Writes the member, or nothing when there is nothing to say.
  void (*write)(Members& members, std::string_view path, const MemberSource& source);
  // An object that must be open already: its first row says what it cannot be without.
  std::string_view needs = {};
};

// A text that can be an argument of a template.
template <size_t kSize>
struct Literal {
  constexpr Literal(const char (&literal)[kSize]) { std::ranges::copy(literal, text.begin()); }
  std::array<char, kSize> text{};  // with its NUL
};

// For MemberRow::write: what is the same in every document.
template <Literal kText>
void write_constant(Members& members, std::string_view path, const MemberSource&) {
  members.at(path).text({kText.text.data(), kText.text.size() - 1});
}
template <Literal kText>
void write_constant_list(Members& members, std::string_view path, const MemberSource&) {
  JsonWriter& json = members.at(path);
  json.begin_array();
  json.text({kText.text.data(), kText.text.size() - 1});
  json.end_array();
}
template <int64_t kNumber>
void write_constant(Members& members, std::string_view path, const MemberSource&) {
  members.at(path).integer(kNumber);
}

// Of several rows for one path the first one counts that writes something.
void write_members(std::string& out, std::span<const MemberRow> rows, const Alert& alert,
                   uint64_t seq);

// The value of a field of the alert; null when it has none: it is not there, null, or the text
// that stands for that.
[[nodiscard]] const OutputValue* find_value(const Alert& alert, std::string_view field);
// Empty: it has none, or one that is no text.
[[nodiscard]] std::string_view find_text(const Alert& alert, std::string_view field);

// Length of what two paths share of the objects around their members, the last dot included.
[[nodiscard]] constexpr size_t shared_objects(std::string_view a, std::string_view b) noexcept {
  const size_t size = std::min(a.size(), b.size());
  size_t shared = 0;
  for (size_t i = 0; i < size && a[i] == b[i]; ++i) {
    shared = a[i] == '.' ? i + 1 : shared;
  }
  return shared;
}

// Whether the rows of each object stand together, so that none is opened twice.
[[nodiscard]] constexpr bool are_grouped(std::span<const MemberRow> rows) noexcept {
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t shared = std::string_view::npos;
    for (size_t j = i + 1; j < rows.size(); ++j) {
      const size_t now = shared_objects(rows[i].path, rows[j].path);
      if (now > shared) {
        return false;
      }
      shared = now;
    }
  }
  return true;
}

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_MEMBERS_H
