// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/operand.h"

#include <span>
#include <utility>

#include "engine/base/check.h"
#include "engine/event.h"

namespace saker::lang {
namespace {

class FieldOperand final : public CompiledOperand {
 public:
  FieldOperand(const FieldCatalog& catalog, std::string name, bool has_arg, std::string arg)
      : name_(std::move(name)), arg_(std::move(arg)) {
    // Once more, so that the key borrows from this object.
    const FieldCatalog::UseError error = catalog.resolve(name_, has_arg, arg_, use_);
    SAKER_CHECK(error == FieldCatalog::UseError::kNone);
  }
  Value eval(const Event& event) const noexcept override {
    return use_.def->extract(event, use_.args);
  }
  FieldType type() const noexcept override { return use_.type; }
  bool is_list() const noexcept override { return use_.is_list; }
  const FieldDef* field() const noexcept override { return use_.def; }

 private:
  std::string name_;
  std::string arg_;
  FieldCatalog::Use use_;
};

class ConstantOperand final : public CompiledOperand {
 public:
  explicit ConstantOperand(std::string text) : text_(std::move(text)) {}
  Value eval(const Event&) const noexcept override { return Value::of_text(text_); }
  FieldType type() const noexcept override { return FieldType::kCharBuf; }
  bool is_list() const noexcept override { return false; }
  const FieldDef* field() const noexcept override { return nullptr; }

 private:
  std::string text_;
};

// The values of `operands`, which all must be present; false: one is missing or there is no room.
bool eval_all(const std::vector<OperandPtr>& operands, const Event& event,
              std::span<Value>& values) noexcept {
  values = event.scratch().allocate<Value>(operands.size());
  if (values.size() < operands.size()) {
    return false;
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    values[i] = operands[i]->eval(event);
    if (values[i].is_missing()) {
      return false;
    }
  }
  return true;
}

class ListOperand final : public CompiledOperand {
 public:
  explicit ListOperand(std::vector<OperandPtr> items) : items_(std::move(items)) {}
  Value eval(const Event& event) const noexcept override {
    std::span<Value> values;
    if (!eval_all(items_, event, values)) {
      return Value::missing();
    }
    for (Value& value : values) {
      value = decimal_text(value, event.scratch());
    }
    return Value::of_list(values);
  }
  FieldType type() const noexcept override { return FieldType::kCharBuf; }
  bool is_list() const noexcept override { return true; }
  const FieldDef* field() const noexcept override { return nullptr; }

 private:
  std::vector<OperandPtr> items_;
};

class TransformerOperand final : public CompiledOperand {
 public:
  TransformerOperand(const TransformerDef& def, OperandType type, std::vector<OperandPtr> args,
                     std::string bracket)
      : def_(&def), type_(type), args_(std::move(args)), bracket_(std::move(bracket)) {}
  Value eval(const Event& event) const noexcept override {
    std::span<Value> values;
    if (!eval_all(args_, event, values)) {
      return Value::missing();
    }
    return def_->eval(values, bracket_, event.scratch());
  }
  FieldType type() const noexcept override { return type_.type; }
  bool is_list() const noexcept override { return type_.is_list; }
  const FieldDef* field() const noexcept override { return nullptr; }

 private:
  const TransformerDef* def_;
  OperandType type_;
  std::vector<OperandPtr> args_;
  std::string bracket_;
};

}  // namespace

OperandPtr make_field_operand(const FieldCatalog& catalog, std::string name, bool has_arg,
                              std::string arg) {
  return std::make_shared<FieldOperand>(catalog, std::move(name), has_arg, std::move(arg));
}

OperandPtr make_constant_operand(std::string text) {
  return std::make_shared<ConstantOperand>(std::move(text));
}

OperandPtr make_list_operand(std::vector<OperandPtr> items) {
  return std::make_shared<ListOperand>(std::move(items));
}

OperandPtr make_transformer_operand(const TransformerDef& def, OperandType type,
                                    std::vector<OperandPtr> args, std::string bracket) {
  return std::make_shared<TransformerOperand>(def, type, std::move(args), std::move(bracket));
}

}  // namespace saker::lang
