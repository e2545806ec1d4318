// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/form.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/check.h"

namespace saker::lang {

size_t FormTable::Hash::operator()(const std::vector<uint32_t>& key) const noexcept {
  const std::string_view bytes(reinterpret_cast<const char*>(key.data()),
                               key.size() * sizeof(uint32_t));
  return std::hash<std::string_view>()(bytes);
}

FormNode FormTable::add(const Expr& condition, std::span<const uint32_t> comparisons) {
  left_ = comparisons;
  return build(condition, false);
}

FormNode FormTable::build(const Expr& expr, bool is_negated) {
  using Kind = FormNode::Kind;
  if (const auto* negation = std::get_if<Not>(&expr.node)) {
    return build(*negation->child, !is_negated);
  }
  if (const auto* all = std::get_if<And>(&expr.node)) {
    return join(is_negated ? Kind::kOr : Kind::kAnd, all->children, expr, is_negated);
  }
  if (const auto* any = std::get_if<Or>(&expr.node)) {
    return join(is_negated ? Kind::kAnd : Kind::kOr, any->children, expr, is_negated);
  }
  SAKER_CHECK(!left_.empty());
  const uint32_t comparison = left_.front();
  left_ = left_.subspan(1);
  FormNode node;
  node.is_negated = is_negated;
  node.place = &expr;
  node.literal = {&atoms_.add(comparison, std::get<Comparison>(expr.node)), !is_negated, &expr};
  node.id = number_of({static_cast<uint32_t>(Kind::kLiteral), comparison, is_negated ? 1u : 0u});
  return node;
}

FormNode FormTable::join(FormNode::Kind kind, const std::vector<ExprPtr>& parts, const Expr& expr,
                         bool is_negated) {
  FormNode node;
  node.kind = kind;
  node.is_negated = is_negated;
  node.place = &expr;
  for (const ExprPtr& part : parts) {
    FormNode child = build(*part, is_negated);
    if (child.kind == kind) {
      std::move(child.children.begin(), child.children.end(), std::back_inserter(node.children));
    } else {
      node.children.push_back(std::move(child));
    }
  }
  if (node.children.size() == 1) {
    return std::move(node.children.front());
  }
  std::vector<uint32_t> key;
  key.reserve(node.children.size() + 1);
  for (const FormNode& child : node.children) {
    key.push_back(child.id);
  }
  std::sort(key.begin(), key.end());
  key.erase(std::unique(key.begin(), key.end()), key.end());
  key.push_back(static_cast<uint32_t>(kind));
  node.id = number_of(std::move(key));
  return node;
}

uint32_t FormTable::number_of(std::vector<uint32_t> key) {
  const auto next = static_cast<uint32_t>(ids_.size());
  return ids_.emplace(std::move(key), next).first->second;
}

}  // namespace saker::lang
