// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/shadowing.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace saker {
namespace {

using lang::Atom;
using lang::FormNode;
using lang::Literal;

// A rule is kept under each item of a list up to this length; longer lists under their own number.
constexpr size_t kMaxItems = 16;
// Rules that one rule is compared with.
constexpr size_t kMaxCandidates = 64;

enum class KeyKind : uint8_t { kPart, kValue, kPrefix };

// Different things may get the same key: it only tells where to look.
uint64_t key_of(KeyKind kind, uint32_t operand, size_t hash) {
  const uint64_t head = uint64_t{operand} * 4 + static_cast<uint64_t>(kind);
  return head * 0x9E3779B97F4A7C15u + hash;
}

size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

size_t hash_of(const lang::TypedConstant& constant) {
  const auto hash = [](const auto& value) -> size_t {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<T, std::string>) {
      return hash_of(std::string_view(value));
    } else if constexpr (std::is_same_v<T, IpAddress>) {
      return hash_of(
          std::string_view(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()));
    } else {
      return std::hash<T>()(value);
    }
  };
  return std::visit(hash, constant.data);
}

const Atom* understood(const Literal& literal) {
  return literal.atom != nullptr && literal.holds && literal.atom->is_understood ? literal.atom
                                                                                 : nullptr;
}

bool has_constants(const Atom& atom) { return atom.is_equality() && !atom.constants.empty(); }

// What each value that the comparison holds for begins with, as far as its first one tells.
std::string_view beginning(const Atom& atom) {
  const bool is_text = atom.type->type_class == lang::kTextClass && has_constants(atom);
  return is_text ? atom.constants.front().value().as_text() : atom.text_of("startswith");
}

bool contains(const std::vector<uint32_t>& sorted, uint32_t id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

}  // namespace

Shadowing::Rule Shadowing::rule_of(const FormNode& condition) {
  Rule rule{condition.id, {}};
  const bool is_and = condition.kind == FormNode::Kind::kAnd;
  const std::span<const FormNode> nodes =
      is_and ? std::span<const FormNode>(condition.children) : std::span(&condition, 1);
  for (const FormNode& node : nodes) {
    Part& part = rule.parts.emplace_back();
    part.id = node.id;
    part.literal = node.literal;
    part.is_or = node.kind == FormNode::Kind::kOr;
    for (const FormNode& child : node.children) {
      part.alternatives.push_back(child.id);
    }
    std::sort(part.alternatives.begin(), part.alternatives.end());
  }
  return rule;
}

// Whether a part of the rule says at least as much as `part`.
bool Shadowing::follows(const Part& part, const Rule& from) {
  return std::any_of(from.parts.begin(), from.parts.end(), [&part](const Part& other) {
    if (other.id == part.id || (part.is_or && contains(part.alternatives, other.id))) {
      return true;
    }
    if (part.is_or && other.is_or) {
      return std::includes(part.alternatives.begin(), part.alternatives.end(),
                           other.alternatives.begin(), other.alternatives.end());
    }
    return part.literal.atom != nullptr && other.literal.atom != nullptr &&
           part.literal.atom->operand == other.literal.atom->operand &&
           lang::implies(other.literal, part.literal);
  });
}

bool Shadowing::shadows(const Rule& earlier, const Rule& later) {
  return std::all_of(earlier.parts.begin(), earlier.parts.end(),
                     [&later](const Part& part) { return follows(part, later); });
}

Shadowing::Keys Shadowing::keys_to_keep(const Part& part) {
  const Atom* atom = understood(part.literal);
  Keys keys;
  if (atom != nullptr && has_constants(*atom) && atom->constants.size() <= kMaxItems) {
    for (const lang::TypedConstant& constant : atom->constants) {
      keys.push_back(key_of(KeyKind::kValue, atom->operand, hash_of(constant)));
    }
  } else if (atom != nullptr && !atom->text_of("startswith").empty()) {
    keys.push_back(key_of(KeyKind::kPrefix, atom->operand, hash_of(atom->text_of("startswith"))));
  } else {
    keys.push_back(key_of(KeyKind::kPart, part.id, 0));
  }
  return keys;
}

void Shadowing::add_keys_to_ask(const Part& part, Keys& keys) const {
  keys.push_back(key_of(KeyKind::kPart, part.id, 0));
  const Atom* atom = understood(part.literal);
  if (atom == nullptr) {
    return;
  }
  if (has_constants(*atom)) {
    keys.push_back(key_of(KeyKind::kValue, atom->operand, hash_of(atom->constants.front())));
  }
  const auto lengths = prefix_lengths_.find(atom->operand);
  const std::string_view text = beginning(*atom);
  if (lengths == prefix_lengths_.end()) {
    return;
  }
  for (const size_t length : lengths->second) {
    if (length <= text.size()) {
      keys.push_back(key_of(KeyKind::kPrefix, atom->operand, hash_of(text.substr(0, length))));
    }
  }
}

std::optional<Shadowing::Shadow> Shadowing::find(const FormNode& condition) const {
  const Rule rule = rule_of(condition);
  Keys keys;
  for (const Part& part : rule.parts) {
    add_keys_to_ask(part, keys);
  }
  size_t candidates = 0;
  for (const uint64_t key : keys) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      continue;
    }
    for (const uint32_t candidate : found->second) {
      const Rule& earlier = rules_[candidate];
      if (earlier.id == rule.id || shadows(earlier, rule)) {
        return Shadow{candidate, earlier.id == rule.id};
      }
      if (++candidates == kMaxCandidates) {
        return std::nullopt;
      }
    }
  }
  return std::nullopt;
}

// Keeps the rule under the part that fewest other rules are kept under.
void Shadowing::add(const FormNode& condition) {
  Rule rule = rule_of(condition);
  Keys best;
  size_t best_size = std::numeric_limits<size_t>::max();
  size_t best_part = 0;
  for (size_t i = 0; i < rule.parts.size(); ++i) {
    Keys keys = keys_to_keep(rule.parts[i]);
    size_t size = 0;
    for (const uint64_t key : keys) {
      const auto found = by_key_.find(key);
      size = std::max(size, found == by_key_.end() ? 0 : found->second.size());
    }
    if (size < best_size) {
      best = std::move(keys);
      best_size = size;
      best_part = i;
    }
  }
  for (const uint64_t key : best) {
    by_key_[key].push_back(static_cast<uint32_t>(rules_.size()));
  }
  const Atom* atom = understood(rule.parts[best_part].literal);
  if (atom != nullptr && !atom->text_of("startswith").empty()) {
    prefix_lengths_[atom->operand].insert(atom->text_of("startswith").size());
  }
  rules_.push_back(std::move(rule));
}

}  // namespace saker
