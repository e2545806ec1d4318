// SPDX-License-Identifier: Apache-2.0
#include "engine/base/diagnostic.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/base/strings.h"

namespace saker {
namespace {

// Columns of source shown on each side of the place; together they fit a wide terminal.
constexpr size_t kColumnsBefore = 60;
constexpr size_t kColumnsAfter = 60;
constexpr std::string_view kCut = "...";

// Names longer than this are not typing mistakes; also bounds the cost of the distance.
constexpr size_t kLongestName = 128;
// More names than this are no vocabulary that somebody mistypes a word of.
constexpr size_t kMaxCandidates = 5000;

constexpr std::string_view kMacro = "macro";

// "NAME:LINE:FIRST-LAST: ", the last column included; "NAME:LINE:FIRST: " for at most one byte.
void append_place(std::string& out, const SourceText& source, Span span) {
  const Position begin = source.position(span.begin);
  append_printable(out, source.name());
  out += ':' + std::to_string(begin.line) + ':' + std::to_string(begin.column);
  if (span.end > span.begin + 1) {
    const auto line_length = static_cast<uint32_t>(source.line(begin.line).size());
    const Position last = source.position(span.end - 1);
    const uint32_t column = last.line == begin.line ? last.column : line_length;
    if (column > begin.column) {
      out += '-' + std::to_string(column);
    }
  }
  out += ": ";
}

size_t columns(std::string_view printable) {
  const auto is_start = [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; };
  return static_cast<size_t>(std::count_if(printable.begin(), printable.end(), is_start));
}

// At most `limit` columns of `printable` from its end (or its start), with "..." where it was cut.
std::string keep_end(std::string_view printable, size_t limit) {
  if (columns(printable) <= limit) {
    return std::string(printable);
  }
  size_t at = printable.size();
  for (size_t kept = 0; kept < limit && at > 0; ++kept) {
    do {
      --at;
    } while (at > 0 && (static_cast<uint8_t>(printable[at]) & 0xc0) == 0x80);
  }
  return std::string(kCut) + std::string(printable.substr(at));
}

std::string keep_start(std::string_view printable, size_t limit) {
  size_t at = 0;
  for (size_t kept = 0; kept < limit && at < printable.size(); ++kept) {
    at += std::max<size_t>(1, decode_utf8(printable.substr(at)).length);
  }
  return std::string(printable.substr(0, at)) + std::string(at < printable.size() ? kCut : "");
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

// The line of the place and a line that underlines it, both behind `margin`.
void append_excerpt(std::string& out, const SourceText& source, Span span,
                    std::string_view margin) {
  const Position begin = source.position(span.begin);
  std::string_view line = source.line(begin.line);
  size_t from = std::min<size_t>(begin.column - 1, line.size());
  size_t to = std::min<size_t>(from + (span.empty() ? 0 : span.end - span.begin), line.size());
  const size_t indent = std::min(line.find_first_not_of(" \t"), from);
  line.remove_prefix(indent);
  from -= indent;
  to -= indent;

  const std::string before = keep_end(printable(line.substr(0, from)), kColumnsBefore);
  const std::string marked =
      keep_start(printable(line.substr(from, to - from)), kColumnsBefore + kColumnsAfter);
  const std::string after = keep_start(printable(line.substr(to)), kColumnsAfter);
  if (before.empty() && marked.empty() && after.empty()) {
    return;
  }
  out += margin;
  out += before + marked + after + '\n';
  out += margin;
  out += std::string(columns(before), ' ');
  out += marked.empty() ? "^" : std::string(columns(marked), '~');
}

// One line per macro that stands between the finding and its rule, innermost first.
void append_uses(std::string& out, const Diagnostic& diagnostic) {
  const std::vector<DiagnosticContext>& contexts = diagnostic.contexts;
  for (size_t i = contexts.size(); i-- > 1;) {
    if (contexts[i].item_type != kMacro || contexts[i].source == nullptr) {
      continue;
    }
    size_t user = i - 1;
    while (user > 0 && contexts[user].item_type != kMacro) {
      --user;
    }
    out += '\n';
    append_place(out, *contexts[i].source, contexts[i].span);
    out += "note: macro '" + printable(contexts[i].item_name) + "' is used by " +
           std::string(contexts[user].item_type) + " '" + printable(contexts[user].item_name) + "'";
  }
}

// Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`; `limit` + 1 when more.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t smallest = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) {
      return limit + 1;
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

void Diagnostics::add(Diagnostic diagnostic) {
  size_t& count = diagnostic.severity == Severity::kError ? errors_ : warnings_;
  if (count < kMaxKept) {
    items_.push_back(std::move(diagnostic));
  }
  ++count;
}

std::string render(const Diagnostic& diagnostic) {
  std::string out;
  if (diagnostic.source != nullptr) {
    append_place(out, *diagnostic.source, diagnostic.span);
  }
  out += diagnostic.severity == Severity::kError ? "error: " : "warning: ";
  append_printable(out, diagnostic.message);
  if (!diagnostic.code.name.empty()) {
    out += " [" + std::string(diagnostic.code.name) + "]";
  }
  if (diagnostic.source != nullptr) {
    std::string lines;
    append_excerpt(lines, *diagnostic.source, diagnostic.span, "  ");
    out += lines.empty() ? "" : "\n" + lines;
    append_uses(out, diagnostic);
  }
  if (!diagnostic.hint.empty()) {
    out += "\nhint: ";
    append_printable(out, diagnostic.hint);
  }
  return out;
}

std::string excerpt(const Diagnostic& diagnostic) {
  std::string out;
  if (diagnostic.source != nullptr) {
    append_excerpt(out, *diagnostic.source, diagnostic.span, "");
  }
  return out;
}

std::string_view closest(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() < 2 || name.size() > kLongestName || candidates.size() > kMaxCandidates) {
    return {};
  }
  // One mistake in four letters, at most three.
  size_t limit = std::min<size_t>((name.size() + 3) / 4, 3);
  std::string_view best;
  for (const std::string_view candidate : candidates) {
    if (candidate == name) {
      return {};
    }
    const size_t longer = std::max(name.size(), candidate.size());
    if (longer - std::min(name.size(), candidate.size()) > limit) {
      continue;
    }
    const size_t distance = edit_distance(name, candidate, limit);
    if (distance <= limit && distance < candidate.size()) {
      best = candidate;
      limit = distance - 1;  // only a nearer one can replace it
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view match = closest(name, candidates);
  return match.empty() ? std::string() : "did you mean '" + std::string(match) + "'?";
}

}  // namespace saker
