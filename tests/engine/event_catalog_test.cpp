// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "engine/scratch.h"

namespace saker {
namespace {

const EventCatalog& catalog() { return EventCatalog::builtin(); }

const EventDef& def_of(std::string_view name) {
  static const EventDef kNone;
  for (EventCode code = 0; code < catalog().size(); ++code) {
    if (catalog().def(code).name == name) {
      return catalog().def(code);
    }
  }
  ADD_FAILURE() << "no event " << name;
  return kNone;
}

// Lines of a table of the reference, split at tabs; empty when it is not there.
std::vector<std::vector<std::string>> reference_table(const std::string& file) {
  std::vector<std::vector<std::string>> rows;
  const char* root = std::getenv("SAKER_SHARED");
  std::ifstream in(std::string(root != nullptr ? root : "") + "/spec/" + file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '\t');) {
      row.push_back(cell);
    }
    rows.push_back(row);
  }
  return rows;
}

#define REQUIRE_REFERENCE()                                                     \
  if (std::getenv("SAKER_SHARED") == nullptr) {                                 \
    GTEST_SKIP() << "SAKER_SHARED (folder of the reference tables) is not set"; \
  }

std::string type_name(FieldType type) {
  static const char* const kNames[] = {
      "INT8",        "INT16",     "INT32",   "INT64",   "UINT8",     "UINT16",     "UINT32",
      "UINT64",      "ERRNO",     "FD",      "PID",     "SYSCALLID", "SIGTYPE",    "RELTIME",
      "ABSTIME",     "PORT",      "FLAGS8",  "FLAGS16", "FLAGS32",   "ENUMFLAGS8", "ENUMFLAGS16",
      "ENUMFLAGS32", "MODE",      "UID",     "GID",     "BOOL",      "DOUBLE",     "CHARBUF",
      "FSPATH",      "FSRELPATH", "BYTEBUF", "IPADDR",  "IPNET",     "SOCKADDR",   "SOCKTUPLE",
      "SOCKFAMILY",  "L4PROTO",   "FDLIST",  "SIGSET",  "DYN"};
  return kNames[static_cast<size_t>(type)];
}

std::string format_name(PrintFormat format) {
  return format == PrintFormat::kHex ? "HEX" : format == PrintFormat::kOctal ? "OCT" : "DEC";
}

TEST(EventCatalog, HasUniqueNamesAndNumbers) {
  std::set<std::string_view> names;
  std::set<int> numbers;
  for (EventCode code = 0; code < catalog().size(); ++code) {
    const EventDef& def = catalog().def(code);
    EXPECT_TRUE(names.insert(def.name).second) << def.name;
    if (def.syscall_nr >= 0) {
      EXPECT_TRUE(numbers.insert(def.syscall_nr).second) << def.name;
      EXPECT_EQ(catalog().by_syscall(static_cast<uint32_t>(def.syscall_nr)), code);
    }
    EXPECT_EQ(catalog().find(def.name).count(), 1U);
    EXPECT_TRUE(catalog().find(def.name).test(code));
  }
  EXPECT_LE(catalog().size(), kMaxEventCodes);
  EXPECT_EQ(catalog().all().count(), catalog().size());
  EXPECT_EQ(catalog().names().size(), catalog().size());
}

TEST(EventCatalog, KnowsNoOtherName) {
  EXPECT_TRUE(catalog().find("").none());
  EXPECT_TRUE(catalog().find("opena").none());
  EXPECT_FALSE(catalog().by_syscall(509));
  EXPECT_FALSE(catalog().by_syscall(EV_SYSCALLS));
}

TEST(EventCatalog, MarksWhatCannotHappen) {
  for (const std::string_view name : {"socketcall", "umount", "send", "switch", "pread64"}) {
    EXPECT_NE(def_of(name).flags & kEventForeign, 0) << name;
  }
  for (const std::string_view name : {"openat", "pread", "getpid", "procexit", "mseal"}) {
    EXPECT_EQ(def_of(name).flags & kEventForeign, 0) << name;
  }
}

#if defined(__x86_64__)
TEST(EventCatalog, HasTheNumbersOfX86) {
  const std::pair<std::string_view, int> kRows[] = {
      {"read", 0},        {"open", 2},          {"pread", 17},    {"execve", 59},
      {"clone3", 435},    {"openat2", 437},     {"prlimit", 302}, {"umount2", 166},
      {"fchmodat2", 452}, {"userfaultfd", 323}, {"mseal", 462},   {"uretprobe", 335}};
  for (const auto& [name, number] : kRows) {
    EXPECT_EQ(def_of(name).syscall_nr, number) << name;
  }
}
#endif

TEST(EventCatalog, GivesEveryParameterAReader) {
  for (EventCode code = 0; code < catalog().size(); ++code) {
    const EventDef& def = catalog().def(code);
    std::set<std::string_view> names;
    for (const ParamDef& param : def.params) {
      EXPECT_NE(param.read, nullptr) << def.name << '.' << param.name;
      EXPECT_TRUE(names.insert(param.name).second) << def.name << '.' << param.name;
    }
    EXPECT_EQ((def.flags & kEventGeneric) != 0,
              def.params.empty() && (def.flags & kEventNotSyscall) == 0 &&
                  def.name != "getsockname" && def.name != "getpeername")
        << def.name;
  }
}

bool is_string_step(const ev_plan_step& step) {
  return step.op == EV_OP_STRING || step.op == EV_OP_BASE;
}

TEST(EventCatalog, HasPlansThatTheKernelSideAccepts) {
  for (EventCode code = 0; code < catalog().size(); ++code) {
    const EventDef& def = catalog().def(code);
    EXPECT_LE(def.plan.size(), size_t{EV_PLAN_STEPS}) << def.name;
    std::set<std::pair<int, int>> sections;
    for (const ev_plan_step& step : def.plan) {
      EXPECT_GT(step.op, EV_OP_END) << def.name;
      EXPECT_LT(step.op, EV_OPS) << def.name;
      EXPECT_LT(step.slot, EV_SLOTS) << def.name;
      EXPECT_TRUE(sections.insert({step.op, step.slot}).second) << def.name << ": section twice";
      const uint8_t last_arg = step.op == EV_OP_BASE ? EV_ARG_CWD : EV_ARG_RET;
      EXPECT_LE(step.arg, step.op == EV_OP_FD || step.op == EV_OP_BASE ? last_arg : 5) << def.name;
      EXPECT_LE(step.size, EV_DATA_MAX) << def.name;
      if ((step.flags & EV_STEPF_AT_ENTER) != 0) {
        EXPECT_EQ(step.flags, EV_STEPF_AT_ENTER) << def.name << ": no result at enter";
        EXPECT_NE(step.arg, EV_ARG_RET) << def.name;
        EXPECT_NE(step.arg2, EV_ARG_RET) << def.name;
      }
    }
  }
}

TEST(EventCatalog, CapturesTheStringOfEveryPathParameter) {
  for (EventCode code = 0; code < catalog().size(); ++code) {
    const EventDef& def = catalog().def(code);
    if (def.syscall_nr < 0 || def.name == "open_by_handle_at") {
      continue;
    }
    for (const ParamDef& param : def.params) {
      if ((param.type != FieldType::kFsPath && param.type != FieldType::kFsRelPath) ||
          param.name == "trusted_exepath") {
        continue;
      }
      bool has_string = false;
      for (const ev_plan_step& step : def.plan) {
        has_string |= step.op == EV_OP_STRING && step.slot == param.slot;
      }
      EXPECT_TRUE(has_string) << def.name << '.' << param.name;
    }
  }
}

TEST(EventCatalog, ReadsPathsBeforeTheCallWhereNoObjectShowsThemAfterwards) {
  for (const std::string_view name :
       {"unlink", "unlinkat", "rename",   "renameat", "renameat2", "mkdir", "mkdirat",
        "rmdir",  "link",     "linkat",   "symlink",  "symlinkat", "chmod", "fchmodat",
        "chown",  "lchown",   "fchownat", "mount",    "umount2",   "chroot"}) {
    size_t strings = 0;
    for (const ev_plan_step& step : def_of(name).plan) {
      if (is_string_step(step)) {
        ++strings;
        EXPECT_EQ(step.flags, EV_STEPF_AT_ENTER) << name;
      }
    }
    EXPECT_GT(strings, 0U) << name;
  }
}

TEST(EventCatalog, PlansWhatIsWanted) {
  EventSet wanted = catalog().find("openat") | catalog().find("procexit") |
                    catalog().find("getpid") | catalog().find("socketcall") |
                    catalog().find("capable");
  const std::vector<ev_plan> plans = catalog().capture_plans(wanted);
  // procexit and capable are no system calls, socketcall is not one of this architecture.
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].nr, static_cast<uint32_t>(SYS_openat));
  EXPECT_EQ(plans[0].enabled, 1);
  EXPECT_EQ(plans[0].n_steps, 3);
  EXPECT_EQ(plans[1].nr, static_cast<uint32_t>(SYS_getpid));
  EXPECT_EQ(plans[1].n_steps, 0);
}

TEST(EventCatalog, AcceptsEveryNameOfTheReference) {
  REQUIRE_REFERENCE();
  for (const char* file : {"falco-syscalls.tsv", "falco-events.tsv"}) {
    const auto rows = reference_table(file);
    ASSERT_GT(rows.size(), 400U);
    for (const auto& row : rows) {
      EXPECT_TRUE(catalog().find(row[0]).any()) << row[0];
    }
  }
}

TEST(EventCatalog, HasTheParametersOfTheReference) {
  REQUIRE_REFERENCE();
  std::map<std::string, std::vector<std::vector<std::string>>> events;
  std::map<std::string, std::string> first_types;
  for (const auto& row : reference_table("falco-events.tsv")) {
    if (row[5] == "current" || (row[5] == "current-special" && row[0] == "procexit")) {
      events[row[0]].push_back(row);
      first_types.emplace(row[2], row[3]);
    }
  }
  events.erase("syscall");
  events.erase("drop");
  ASSERT_GT(events.size(), 150U);
  for (const auto& [name, rows] : events) {
    const EventDef& def = def_of(name);
    if (rows[0][2] == "-") {
      EXPECT_TRUE(def.params.empty()) << name;
      continue;
    }
    ASSERT_EQ(def.params.size(), rows.size()) << name;
    for (size_t i = 0; i < rows.size(); ++i) {
      const ParamDef& param = def.params[i];
      const std::string where = name + '.' + rows[i][2];
      EXPECT_EQ(param.name, rows[i][2]) << where;
      EXPECT_EQ(type_name(param.type), rows[i][3]) << where;
      if (rows[i][4] != "NA") {
        EXPECT_EQ(format_name(param.format), rows[i][4]) << where;
      }
      std::string flags;
      for (const FlagName& flag : param.flags) {
        std::ostringstream text;
        text << flag.name << "=0x" << std::hex << flag.value;
        flags += (flags.empty() ? "" : ",") + text.str();
      }
      if (rows[i][8].find("=0x") != std::string::npos) {
        EXPECT_EQ(flags, rows[i][8]) << where;
      } else {
        EXPECT_EQ(flags, "") << where;
      }
    }
  }
  // Conditions give a parameter the type of the first event of the reference that has it.
  for (const auto& [name, type] : first_types) {
    const ParamDef* param = catalog().find_param(name);
    if (param != nullptr && name != "-" && name != "ID" && name != "nativeID" && name != "ratio") {
      EXPECT_EQ(type_name(param->type), type) << name;
    }
  }
}

TEST(RenderFlags, JoinsNamesInTableOrder) {
  const FlagName kTable[] = {{"RW", 3}, {"W", 2}, {"R", 1}, {"CREAT", 4}, {"NONE", 0}};
  Scratch scratch;
  const std::pair<uint64_t, std::string_view> kRows[] = {
      {0, "NONE"},    {1, "R"},        {2, "W"}, {3, "RW"},
      {5, "R|CREAT"}, {7, "RW|CREAT"}, {8, ""},  {9, "R"}};
  for (const auto& [value, text] : kRows) {
    EXPECT_EQ(render_flags(kTable, value, false, scratch), text) << value;
  }
}

TEST(RenderFlags, ShowsEveryNameOfAnEnumerationsNumber) {
  const FlagName kTable[] = {{"AF_LOCAL", 1}, {"AF_UNIX", 1}, {"AF_INET", 2}, {"AF_UNSPEC", 0}};
  Scratch scratch;
  EXPECT_EQ(render_flags(kTable, 1, true, scratch), "AF_LOCAL|AF_UNIX");
  EXPECT_EQ(render_flags(kTable, 0, true, scratch), "AF_UNSPEC");
  EXPECT_EQ(render_flags(kTable, 3, true, scratch), "");
}

TEST(RenderFlags, GivesNothingWhenScratchIsFull) {
  const FlagName kTable[] = {{"NONE", 0}};
  Scratch scratch;
  while (!scratch.allocate<char>(1).empty()) {
  }
  EXPECT_EQ(render_flags(kTable, 0, false, scratch), "");
}

TEST(Names, OfErrorsAndSignals) {
  EXPECT_EQ(errno_name(2), "ENOENT");
  EXPECT_EQ(errno_name(115), "EINPROGRESS");
  EXPECT_EQ(errno_name(512), "ERESTARTSYS");
  EXPECT_EQ(errno_name(0), "");
  EXPECT_EQ(errno_name(-2), "");
  EXPECT_EQ(errno_name(100000), "");
  EXPECT_EQ(signal_name(9), "SIGKILL");
  EXPECT_EQ(signal_name(31), "SIGSYS");
  EXPECT_EQ(signal_name(0), "");
  EXPECT_EQ(signal_name(64), "");
  EXPECT_EQ(signal_name(-1), "");
}

}  // namespace
}  // namespace saker
