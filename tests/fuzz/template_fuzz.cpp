// SPDX-License-Identifier: Apache-2.0
// Any text as an output template: it is refused with a place inside the text, or it can be filled
// in and lists its fields in order.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/event.h"
#include "engine/fields/catalog.h"
#include "engine/format.h"

namespace saker {
namespace {

constexpr FieldDef kFields[] = {
    {"x.text", FieldType::kCharBuf, FieldArg::kNone, "",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_text("a b"); }},
    {"x.gone", FieldType::kCharBuf, FieldArg::kOptionalIndexOrKey, "",
     [](const Event&, const FieldArgs&) noexcept { return Value::missing(); }},
    {"x.number", FieldType::kInt64, FieldArg::kOptionalIndex, "",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_int(-1); },
     FieldShape::kAncestors},
};
constexpr std::span<const FieldDef> kTables[] = {kFields};

void run(std::string_view text) {
  static const FieldCatalog catalog(kTables);
  static const Event event;
  const auto parsed = OutputTemplate::parse(text, catalog);
  if (const auto* error = std::get_if<FormatError>(&parsed)) {
    SAKER_CHECK(!error->message.empty());
    SAKER_CHECK(error->span.begin <= error->span.end && error->span.end <= text.size());
    return;
  }
  const OutputTemplate& output = *std::get_if<OutputTemplate>(&parsed);
  event.scratch().reset();
  std::string message;
  output.render(message, event, BufferFormat::kDots);
  for (size_t i = 1; i < output.fields().size(); ++i) {
    SAKER_CHECK(output.fields()[i - 1].name < output.fields()[i].name);
  }
  if (text.find('%') == std::string_view::npos) {
    SAKER_CHECK(message == text.substr(text.starts_with('*') ? 1 : 0));
  }
}

}  // namespace
}  // namespace saker

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  saker::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
