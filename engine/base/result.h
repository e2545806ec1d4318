// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or the Error that prevented it. Member names are those of std::expected,
// which g++-12 offers only with -std=c++23.
//
// For failures of the world (syscall, kernel, disk, broker). Mistakes in the user's text are
// Diagnostics (engine/base/diagnostic.h).
#ifndef SAKER_ENGINE_BASE_RESULT_H
#define SAKER_ENGINE_BASE_RESULT_H

#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/check.h"

namespace saker {

// What failed, errno if the kernel said so (else 0), and what it means for the user.
struct Error {
  std::string what;
  int errno_value = 0;
  std::string hint;

  // "WHAT: STRERROR (hint)": one line for a log or stderr.
  [[nodiscard]] std::string to_string() const {
    std::string text = what;
    if (errno_value != 0) {
      text += ": ";
      text +=
          ::strerrordesc_np(errno_value) != nullptr ? ::strerrordesc_np(errno_value) : "unknown";
    }
    if (!hint.empty()) {
      text += " (" + hint + ")";
    }
    return text;
  }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Requires: has_value().
  T& value() & {
    SAKER_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    SAKER_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SAKER_CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !has_value().
  [[nodiscard]] const Error& error() const& {
    SAKER_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    SAKER_CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT(*-explicit-*)

  [[nodiscard]] bool has_value() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }
  [[nodiscard]] const Error& error() const& {
    SAKER_CHECK(!ok_);
    return error_;
  }
  [[nodiscard]] Error&& error() && {
    SAKER_CHECK(!ok_);
    return std::move(error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_RESULT_H
