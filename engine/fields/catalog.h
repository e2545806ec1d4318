// SPDX-License-Identifier: Apache-2.0
// FieldCatalog: finds fields by name, splits `name[arg]` texts, lists them for documentation.
//
// Immutable after construction, so shared between threads. Tests build one from rows of their own.
#ifndef SAKER_ENGINE_FIELDS_CATALOG_H
#define SAKER_ENGINE_FIELDS_CATALOG_H

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/fields/field.h"

namespace saker {

class FieldCatalog {
 public:
  // Borrows the rows, which must outlive the catalog (they are constexpr tables).
  explicit FieldCatalog(std::span<const std::span<const FieldDef>> tables);
  // The fields of `base`, whose rows must outlive the catalog, and a field static.KEY for each of
  // `constants`, with that text for every event.
  FieldCatalog(const FieldCatalog& base, std::map<std::string, std::string> constants);
  FieldCatalog(const FieldCatalog&) = delete;
  FieldCatalog& operator=(const FieldCatalog&) = delete;
  ~FieldCatalog() = default;

  // All fields of the product.
  static const FieldCatalog& builtin();

  // The row with exactly this name, or null.
  [[nodiscard]] const FieldDef* find(std::string_view name) const noexcept;

  // A use of a field: the row, its argument, and the type it has with that argument.
  struct Use {
    const FieldDef* def = nullptr;
    FieldArgs args;
    FieldType type = FieldType::kCharBuf;
    bool is_list = false;  // with this argument; evt.arg[0] of a list field may not be one
  };
  enum class UseError {
    kNone,
    kUnknownField,
    kArgMissing,
    kArgNotAllowed,
    kArgNotIndex,
    kUnknownArg
  };

  // Resolves `name` (dotted, may include a subfield: evt.arg.flags) and the text in brackets.
  // `has_bracket` tells field[] from field. The returned args.key borrows from the arguments.
  [[nodiscard]] UseError resolve(std::string_view name, bool has_bracket, std::string_view bracket,
                                 Use& use) const;

  // Length of the longest prefix of `text` that names a field (subfield included); 0: none.
  [[nodiscard]] size_t longest_prefix(std::string_view text) const;

  [[nodiscard]] const std::vector<const FieldDef*>& all() const noexcept { return all_; }
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  void add(std::span<const FieldDef> table);

  std::map<std::string, std::string> constants_;  // name and value
  std::vector<FieldDef> constant_rows_;           // view into constants_
  std::vector<const FieldDef*> all_;
  std::unordered_map<std::string_view, const FieldDef*> by_name_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_CATALOG_H
