// SPDX-License-Identifier: Apache-2.0
// MockFields: a field catalog made of values that a test sets; no event is needed to extract them.
//
// Fields are extracted from the object that is active on the thread, so build the catalog and
// evaluate under one MockFields.
#ifndef SAKER_TESTS_ENGINE_LANG_MOCK_FIELDS_H
#define SAKER_TESTS_ENGINE_LANG_MOCK_FIELDS_H

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fields/catalog.h"
#include "engine/value.h"

namespace saker::lang::test {

class MockFields {
 public:
  MockFields();
  ~MockFields();
  MockFields(const MockFields&) = delete;
  MockFields& operator=(const MockFields&) = delete;

  // Declares a field; `key` is its name as written in conditions, brackets included.
  void declare(std::string_view key, FieldType type, FieldShape shape = FieldShape::kOne,
               uint16_t flags = 0, PrintFormat format = PrintFormat::kDecimal);
  // Values that the field has from now on; not set: missing.
  void set(std::string_view key, const Value& value);
  void set_text(std::string_view key, std::string_view text);
  void set_list(std::string_view key, std::vector<Value> items);
  // Keeps a copy of the text.
  std::string_view keep(std::string_view text);

  // The catalog of what is declared; declare nothing afterwards.
  const FieldCatalog& catalog();

 private:
  static Value extract(const Event& event, const FieldArgs& args) noexcept;

  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> lists_;
  std::vector<FieldDef> rows_;
  std::map<std::string, Value, std::less<>> values_;
  std::unique_ptr<FieldCatalog> catalog_;
};

}  // namespace saker::lang::test

#endif  // SAKER_TESTS_ENGINE_LANG_MOCK_FIELDS_H
