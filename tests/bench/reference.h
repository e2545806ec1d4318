// SPDX-License-Identifier: Apache-2.0
// Reference: figures of another sensor, read from the tables of a Markdown page, shown beside ours.
//
// Read leniently: what is not there is left out, nothing is an error.
#ifndef SAKER_TESTS_BENCH_REFERENCE_H
#define SAKER_TESTS_BENCH_REFERENCE_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saker::bench {

class Reference {
 public:
  Reference() = default;
  explicit Reference(std::string_view markdown);
  // The first page of $SAKER_SHARED/baseline; an empty one when there is none.
  [[nodiscard]] static Reference from_environment();

  // The cell of the first table that has a row starting with `row` and, right of its first column,
  // a column whose title contains `column`. Empty when there is
  // none, and for an empty `row`.
  [[nodiscard]] std::string cell(std::string_view row, std::string_view column) const;
  // File name without extension: "falco-0.44". Empty: no page.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  using Cells = std::vector<std::string>;
  struct Table {
    Cells titles;
    std::vector<Cells> rows;
  };
  std::string name_;
  std::vector<Table> tables_;
};

// "1,061 [767-1,307]" is 1061; absent when the text does not start with a number.
[[nodiscard]] std::optional<double> leading_number(std::string_view text);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_REFERENCE_H
