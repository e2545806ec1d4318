// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/lang/mock_fields.h"

#include <algorithm>
#include <utility>

namespace saker::lang::test {
namespace {

thread_local const MockFields* active = nullptr;

}  // namespace

MockFields::MockFields() { active = this; }

MockFields::~MockFields() { active = nullptr; }

std::string_view MockFields::keep(std::string_view text) { return texts_.emplace_back(text); }

void MockFields::declare(std::string_view key, FieldType type, FieldShape shape, uint16_t flags,
                         PrintFormat format) {
  const std::string_view name = key.substr(0, key.find('['));
  const bool is_known = std::any_of(rows_.begin(), rows_.end(),
                                    [name](const FieldDef& row) { return row.name == name; });
  if (is_known) {
    return;
  }
  FieldDef row;
  row.name = keep(name);
  row.type = type;
  row.arg = FieldArg::kOptionalIndexOrKey;
  row.extract = &MockFields::extract;
  row.shape = shape;
  row.flags = flags;
  row.format = format;
  rows_.push_back(row);
}

void MockFields::set(std::string_view key, const Value& value) {
  values_[std::string(key)] = value;
}

void MockFields::set_text(std::string_view key, std::string_view text) {
  set(key, Value::of_text(keep(text)));
}

void MockFields::set_list(std::string_view key, std::vector<Value> items) {
  set(key, Value::of_list(lists_.emplace_back(std::move(items))));
}

const FieldCatalog& MockFields::catalog() {
  if (catalog_ == nullptr) {
    const std::span<const FieldDef> table(rows_);
    catalog_ = std::make_unique<FieldCatalog>(std::span(&table, 1));
  }
  return *catalog_;
}

// Allocates nothing: the test of that property runs over it.
Value MockFields::extract(const Event&, const FieldArgs& args) noexcept {
  char key[256];
  size_t size = args.def->name.copy(key, 128);
  if (args.kind != FieldArgs::Kind::kNone) {
    key[size++] = '[';
    if (args.kind == FieldArgs::Kind::kIndex) {
      const std::string index = std::to_string(args.index);
      size += index.copy(key + size, 16);
    } else {
      size += args.key.copy(key + size, 64);
    }
    key[size++] = ']';
  }
  const auto it = active->values_.find(std::string_view(key, size));
  return it != active->values_.end() ? it->second : Value::missing();
}

}  // namespace saker::lang::test
