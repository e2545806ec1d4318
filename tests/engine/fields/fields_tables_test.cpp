// SPDX-License-Identifier: Apache-2.0
// What holds for all fields together.
#include "engine/fields/fields_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fields/catalog.h"
#include "tests/support/corpus.h"
#include "tests/support/field_world.h"

namespace saker::test {
namespace {

const FieldCatalog& catalog() { return FieldCatalog::builtin(); }

// One line of the reference, its columns by name.
using ReferenceRow = std::map<std::string, std::string>;

std::vector<ReferenceRow> read_reference(const std::string& path) {
  std::vector<ReferenceRow> rows;
  std::vector<std::string> header;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::istringstream columns(line);
    for (std::string cell; std::getline(columns, cell, '\t');) {
      cells.push_back(cell);
    }
    if (header.empty()) {
      header = cells;
      continue;
    }
    ReferenceRow& row = rows.emplace_back();
    for (size_t i = 0; i < header.size() && i < cells.size(); ++i) {
      row[header[i]] = cells[i];
    }
  }
  return rows;
}

std::string type_name(FieldType type) {
  static const std::map<FieldType, std::string> kNames = {
      {FieldType::kInt16, "INT16"},     {FieldType::kInt32, "INT32"},
      {FieldType::kInt64, "INT64"},     {FieldType::kUint32, "UINT32"},
      {FieldType::kUint64, "UINT64"},   {FieldType::kRelTime, "RELTIME"},
      {FieldType::kAbsTime, "ABSTIME"}, {FieldType::kPort, "PORT"},
      {FieldType::kBool, "BOOL"},       {FieldType::kDouble, "DOUBLE"},
      {FieldType::kCharBuf, "CHARBUF"}, {FieldType::kByteBuf, "BYTEBUF"},
      {FieldType::kIpAddr, "IPADDR"},   {FieldType::kIpNet, "IPNET"},
      {FieldType::kDyn, "DYN"}};
  const auto found = kNames.find(type);
  return found != kNames.end() ? found->second : "?";
}

// The reference describes arguments in words.
std::string argument_name(FieldArg arg) {
  switch (arg) {
    case FieldArg::kNone:
      return "none";
    case FieldArg::kOptionalIndex:
      return "optional: [N]";
    case FieldArg::kOptionalKey:
      return "optional: [NAME]";
    case FieldArg::kOptionalIndexOrKey:
      return "optional: [N] or [NAME]";
    case FieldArg::kOptionalSubfield:
      return "optional: .src or .dst";
    case FieldArg::kRequiredSubfieldOrIndex:
      return "required: index [N] or .NAME";
    case FieldArg::kRequiredSubfield:
      return "required: .";
    case FieldArg::kRequiredIndexOrKey:
      return "required: index or key";
    case FieldArg::kRequiredKey:
    case FieldArg::kRequiredIndex:
      return "required: ";
  }
  return "?";
}

std::string flag_names(const FieldDef& def) {
  static const std::pair<uint16_t, std::string_view> kFlags[] = {
      {kFieldConditionOnly, "condition-only"},
      {kFieldOutputOnly, "output-only"},
      {kFieldHidden, "hidden"},
      {kFieldDeprecated, "deprecated"},
      {kFieldNoRhs, "no-rhs"},
      {kFieldNoTransformer, "no-transformer"},
      {kFieldSuggested, "suggested"}};
  std::string names = def.shape == FieldShape::kList ? "list" : "";
  for (const auto& [flag, name] : kFlags) {
    if ((def.flags & flag) != 0) {
      names += (names.empty() ? "" : ",") + std::string(name);
    }
  }
  return names.empty() ? "-" : names;
}

std::string format_name(PrintFormat format) {
  switch (format) {
    case PrintFormat::kHex:
      return "HEX";
    case PrintFormat::kOctal:
      return "OCT";
    case PrintFormat::kPaddedDecimal:
      return "10_PADDED_DEC";
    default:
      return "";
  }
}

// Fields that only this product has.
constexpr std::string_view kOwnFields[] = {"container.missing_reason", "evt.decision", "evt.hook"};

TEST(FieldTables, AreThoseOfTheReference) {
  const auto path = shared_path("spec/falco-fields.tsv");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED (folder of the reference tables) is not set";
  }
  const std::vector<ReferenceRow> rows = read_reference(*path);
  std::set<std::string_view> expected;
  for (ReferenceRow row : rows) {
    const std::string& name = row["name"];
    if (name == "static.NAME") {
      continue;  // fields of the configuration, not of the product
    }
    const FieldDef* def = catalog().find(name);
    ASSERT_NE(def, nullptr) << name;
    expected.insert(def->name);
    EXPECT_EQ(type_name(def->type), row["type"]) << name;
    EXPECT_TRUE(row["arg"].starts_with(argument_name(def->arg))) << name << ": " << row["arg"];
    const std::string flags = row["class"].ends_with("(hidden)") ? "hidden"
                              : row["flags"] == "legacy"         ? "-"
                                                                 : row["flags"];
    EXPECT_EQ(flag_names(*def), flags) << name;
    const std::string& format = row["print_format"];
    EXPECT_EQ(format_name(def->format),
              format == "HEX" || format == "OCT" || format == "10_PADDED_DEC" ? format : "")
        << name;
  }
  EXPECT_EQ(rows.size(), 295U);
  for (const std::string_view name : kOwnFields) {
    EXPECT_TRUE(expected.insert(name).second) << name;
  }
  EXPECT_EQ(expected.size(), catalog().all().size());
}

TEST(FieldTables, EveryRowIsDocumented) {
  for (const FieldDef* def : catalog().all()) {
    EXPECT_TRUE(def->doc.ends_with('.')) << def->name;
    EXPECT_LE(def->doc.size(), 110U) << def->name;
    const bool says_so = def->doc.find("no value yet") != std::string_view::npos ||
                         def->doc.find("never has a value") != std::string_view::npos;
    EXPECT_TRUE(says_so || def->extract != no_value) << def->name;
  }
}

std::vector<FieldScene> all_scenes() {
  std::vector<FieldScene> scenes;
  for (const auto family :
       {process_scenes(), event_scenes(), argument_scenes(), descriptor_scenes(), socket_scenes(),
        path_scenes(), container_scenes(), decision_scenes()}) {
    scenes.insert(scenes.end(), family.begin(), family.end());
  }
  return scenes;
}

TEST(FieldTables, EveryRowWithDataIsTested) {
  std::set<std::string_view> tested = {"evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns"};
  for (const FieldScene& scene : all_scenes()) {
    for (const FieldCase& field_case : scene.cases) {
      const size_t bracket = std::min(field_case.field.find('['), field_case.field.size());
      std::string_view argument = field_case.field.substr(bracket);
      const bool has_argument = !argument.empty();
      if (has_argument) {
        argument = argument.substr(1, argument.size() - 2);
      }
      FieldCatalog::Use use;
      const auto error =
          catalog().resolve(field_case.field.substr(0, bracket), has_argument, argument, use);
      if (error == FieldCatalog::UseError::kNone && field_case.expected != kMissing) {
        tested.insert(use.def->name);
      }
    }
  }
  for (const FieldDef* def : catalog().all()) {
    EXPECT_EQ(tested.contains(def->name), def->extract != no_value) << def->name;
  }
}

// Ways to write a field that name a value in each possible way.
std::vector<std::string> uses_of(const FieldDef& def) {
  const std::string name(def.name);
  switch (def.arg) {
    case FieldArg::kNone:
      return {name};
    case FieldArg::kOptionalIndex:
    case FieldArg::kOptionalIndexOrKey:
      return {name, name + "[0]", name + "[3]", name + "[4294967295]"};
    case FieldArg::kRequiredIndex:
    case FieldArg::kRequiredIndexOrKey:
      return {name + "[0]"};
    case FieldArg::kOptionalKey:
      return {name, name + "[HOME]"};
    case FieldArg::kRequiredKey:
      return {name + "[7]"};
    case FieldArg::kOptionalSubfield:
      return {name, name + ".src", name + ".dst"};
    case FieldArg::kRequiredSubfield:
    case FieldArg::kRequiredSubfieldOrIndex:
      break;
  }
  if (name == "evt.type.is") {
    return {name + ".openat"};
  }
  if (name == "thread.cgroup") {
    return {name + ".memory"};
  }
  std::vector<std::string> uses;
  std::set<std::string_view> params;
  for (EventCode code = 0; code < EventCatalog::builtin().size(); ++code) {
    for (const ParamDef& param : EventCatalog::builtin().def(code).params) {
      if (params.insert(param.name).second) {
        uses.push_back(name + "." + std::string(param.name));
      }
    }
  }
  return uses;
}

// Takes every field of the world's last event.
void extract_everything(const FieldWorld& world) {
  static const std::vector<std::string> kUses = [] {
    std::vector<std::string> uses;
    for (const FieldDef* def : catalog().all()) {
      const std::vector<std::string> more = uses_of(*def);
      uses.insert(uses.end(), more.begin(), more.end());
    }
    return uses;
  }();
  for (const std::string& use : kUses) {
    EXPECT_NE(world.show(use), "(unknown field)") << use;
  }
}

TEST(FieldTables, AnyFieldOfAnyEventWithoutSections) {
  FieldWorld world;
  for (EventCode code = 0; code < EventCatalog::builtin().size(); ++code) {
    const EventDef& def = EventCatalog::builtin().def(code);
    if (def.syscall_nr < 0 || (def.flags & kEventGeneric) != 0) {
      continue;
    }
    for (const int64_t result : {int64_t{3}, int64_t{-2}, INT64_MIN}) {
      world.syscall(def.name, result, {UINT64_MAX, 3, UINT64_MAX, 0, 1, UINT64_MAX});
      extract_everything(world);
    }
  }
  world.syscall("getpid", INT64_MAX);
  extract_everything(world);
  world.exec(ev_exec{}, [](RecordWriter&) {});
  extract_everything(world);
  world.exit(0);
  extract_everything(world);
}

// Sections that make no sense for the event, as from a capture that somebody made by hand.
TEST(FieldTables, AnyFieldOfAnyEventWithOddSections) {
  FieldWorld world;
  const auto add_all = [](RecordWriter& writer) {
    const std::string zeros(64, '\0');
    for (uint8_t slot = 0; slot < EV_SLOTS; ++slot) {
      writer.section(EV_SEC_STRING, slot, slot == 0 ? "" : std::string(4096, '/') + "..");
      writer.section(EV_SEC_BASE, slot, slot == 0 ? "relative" : "");
      add_file(writer, slot == 0 ? "" : "no/slash", {.mode = 0}, slot);
    }
    writer.section(EV_SEC_SOCKADDR, 0, zeros);
    writer.section(EV_SEC_BYTES, 0, "\xff");
    writer.section(EV_SEC_CWD, 0, "");
  };
  for (EventCode code = 0; code < EventCatalog::builtin().size(); ++code) {
    const EventDef& def = EventCatalog::builtin().def(code);
    if (def.syscall_nr < 0 || (def.flags & kEventGeneric) != 0) {
      continue;
    }
    for (const uint16_t family : std::initializer_list<uint16_t>{0, 1, 2, 10, 65535}) {
      world.syscall(def.name, 3, {3, 3, 3, 3, 3, 3}, [&](RecordWriter& writer) {
        add_all(writer);
        ev_socket socket{};
        std::memset(&socket, 0xff, sizeof(socket));
        socket.family = family;
        socket.fd = 3;
        writer.socket(0, socket, std::string_view("\0\0", 2));
        writer.socket(1, socket);
      });
      extract_everything(world);
    }
  }
}

// Records that rules do not see have no fields of an event, but asking does no harm.
TEST(FieldTables, AnyFieldOfOtherRecords) {
  FieldWorld world;
  RecordWriter writer;
  for (const ev_kind kind : {EV_FORK, EV_SNAPSHOT}) {
    writer.begin(kind, 60'000'000'000, FieldWorld::unseen_process());
    if (kind == EV_FORK) {
      writer.body(ev_fork{});
    } else {
      writer.body(ev_exec{});
    }
    world.apply(writer.finish());
    EXPECT_EQ(world.show("evt.type"), "");
    extract_everything(world);
  }
}

TEST(FieldTables, TextsAreEmptyWhenScratchIsFull) {
  FieldWorld world;
  world.syscall("connect", 0, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:5000", .remote = "1.2.3.4:443"});
  });
  static_cast<void>(world.event().scratch().allocate<char>(Scratch::kCapacityBytes - 1));
  extract_everything(world);
  EXPECT_EQ(world.show("fd.name"), "");
  EXPECT_EQ(world.show("fd.sip"), "1.2.3.4");
  EXPECT_GT(world.event().scratch().overflows(), 0U);
}

}  // namespace
}  // namespace saker::test
