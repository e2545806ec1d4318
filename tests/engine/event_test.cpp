// SPDX-License-Identifier: Apache-2.0
#include "engine/event.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cstring>
#include <random>
#include <vector>

#include "engine/fields/fields_endpoint.h"
#include "engine/record_writer.h"

namespace saker {
namespace {

// Vectors of 64-bit words are aligned as ring buffers and capture files align records.
using Words = std::vector<uint64_t>;

std::span<const std::byte> bytes_of(const Words& words, size_t size) {
  return {reinterpret_cast<const std::byte*>(words.data()), size};
}

Words to_words(std::span<const std::byte> record) {
  Words words(record.size() / sizeof(uint64_t));
  std::memcpy(words.data(), record.data(), record.size());
  return words;
}

ev_task make_task() {
  ev_task task{};
  task.pid = 10;
  task.tid = 11;
  std::memcpy(task.comm, "cat", 4);
  return task;
}

ev_syscall make_call(uint32_t nr, int64_t ret) {
  ev_syscall call{};
  call.nr = nr;
  call.ret = ret;
  call.args[1] = 77;
  return call;
}

// One record of each kind, with every section that the kind can have.
std::vector<Words> sample_records() {
  std::vector<Words> records;
  RecordWriter writer;
  writer.begin(EV_SYSCALL, 1, make_task());
  writer.body(make_call(SYS_openat, 3));
  writer.section(EV_SEC_STRING, 0, "passwd");
  writer.section(EV_SEC_BASE, 0, "/etc");
  writer.file(0, ev_file{}, "/etc/passwd");
  writer.section(EV_SEC_STRING, 1, "x");
  records.push_back(to_words(writer.finish()));

  writer.begin(EV_SYSCALL, 1, make_task());
  writer.body(make_call(SYS_connect, 0));
  ev_socket socket{};
  socket.family = 2;
  writer.socket(0, socket);
  writer.section(EV_SEC_SOCKADDR, 0, std::string_view("\2\0\0\120\1\2\3\4\0\0\0\0\0\0\0\0", 16));
  records.push_back(to_words(writer.finish()));

  for (const ev_kind kind : {EV_EXEC, EV_SNAPSHOT}) {
    writer.begin(kind, 1, make_task());
    writer.body(ev_exec{});
    writer.section(EV_SEC_ARGS, 0, std::string_view("cat\0a\0", 6));
    writer.section(EV_SEC_ENV, 0, std::string_view("A=b\0", 4));
    writer.section(EV_SEC_CWD, 0, "/root");
    writer.section(EV_SEC_EXE, 0, "/bin/cat");
    writer.section(EV_SEC_CGROUP, 0, "/user.slice");
    records.push_back(to_words(writer.finish()));
  }
  writer.begin(EV_FORK, 1, make_task());
  writer.body(ev_fork{});
  records.push_back(to_words(writer.finish()));
  writer.begin(EV_EXIT, 1, make_task());
  writer.body(ev_exit{});
  records.push_back(to_words(writer.finish()));
  writer.begin(EV_USERS, 1, make_task());
  writer.body(ev_users{});
  writer.section(EV_SEC_STRING, 0, "root:x:0:0::/root:/bin/sh\n");
  records.push_back(to_words(writer.finish()));
  writer.begin(EV_HOST, 1, make_task());
  writer.body(ev_host{});
  writer.section(EV_SEC_STRING, 0, "a.example");
  writer.section(EV_SEC_BYTES, 0, "0123456789abcdef");
  records.push_back(to_words(writer.finish()));
  return records;
}

size_t size_of(const Words& words) { return words.size() * sizeof(uint64_t); }

// Reads all there is; a sanitizer build finds any view that reaches out of the record.
size_t touch(const Event& event) {
  size_t sum = event.comm().size() + event.header().kind + event.task().pid;
  for (int kind = EV_SEC_NONE; kind < EV_SECTION_KINDS; ++kind) {
    for (size_t slot = 0; slot < EV_SLOTS; ++slot) {
      for (const char c : event.section(static_cast<ev_section_kind>(kind), slot).bytes) {
        sum += static_cast<unsigned char>(c);
      }
    }
  }
  for (size_t slot = 0; slot < EV_SLOTS; ++slot) {
    sum += event.file(slot) != nullptr ? event.file(slot)->inode.ino + event.file_path(slot).size()
                                       : 0;
    sum += event.socket(slot) != nullptr ? event.socket(slot)->ino + event.socket_path(slot).size()
                                         : 0;
  }
  if (event.is_matchable()) {
    for (size_t n = 0; n < 8; ++n) {
      sum += event.arg(n);
    }
    for (const Value& value : {tuple_value(event), sockaddr_value(event)}) {
      sum += value.is_missing() ? 0 : value.as_text().size();
    }
  }
  return sum;
}

TEST(Event, DecodesEachKind) {
  const std::vector<Words> records = sample_records();
  const uint16_t kinds[] = {EV_SYSCALL, EV_SYSCALL, EV_EXEC,  EV_SNAPSHOT,
                            EV_FORK,    EV_EXIT,    EV_USERS, EV_HOST};
  ASSERT_EQ(records.size(), std::size(kinds));
  Event event;
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(event.decode(bytes_of(records[i], size_of(records[i]))), DecodeError::kNone) << i;
    EXPECT_EQ(event.kind(), kinds[i]);
    EXPECT_EQ(event.syscall() != nullptr, kinds[i] == EV_SYSCALL);
    EXPECT_EQ(event.exec() != nullptr, kinds[i] == EV_EXEC || kinds[i] == EV_SNAPSHOT);
    EXPECT_EQ(event.fork() != nullptr, kinds[i] == EV_FORK);
    EXPECT_EQ(event.exit() != nullptr, kinds[i] == EV_EXIT);
    EXPECT_EQ(event.is_matchable(),
              kinds[i] == EV_SYSCALL || kinds[i] == EV_EXEC || kinds[i] == EV_EXIT);
  }
}

TEST(Event, ForgetsTheRecordBefore) {
  const std::vector<Words> records = sample_records();
  const Words& open = records[0];
  const Words& connect = records[1];
  Event event;
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(event.decode(bytes_of(connect, size_of(connect))), DecodeError::kNone);
    EXPECT_TRUE(event.section(EV_SEC_SOCKADDR));
    EXPECT_NE(connection_of(event), nullptr);
    EXPECT_EQ(event.file(), nullptr);
    ASSERT_EQ(event.decode(bytes_of(open, size_of(open))), DecodeError::kNone);
    EXPECT_FALSE(event.section(EV_SEC_SOCKADDR));
    EXPECT_TRUE(event.section(EV_SEC_SOCKADDR).bytes.empty());
    EXPECT_EQ(connection_of(event), nullptr);
    EXPECT_NE(event.file(), nullptr);
  }
}

TEST(Event, GivesTheSyscallsNameReturnValueAndArguments) {
  const std::vector<Words> records = sample_records();
  Event event;
  ASSERT_EQ(event.decode(bytes_of(records[0], size_of(records[0]))), DecodeError::kNone);
  EXPECT_EQ(event.def().name, "openat");
  ASSERT_TRUE(event.has_return());
  EXPECT_EQ(event.return_value(), 3);
  EXPECT_EQ(event.arg(1), 77U);
  EXPECT_EQ(event.arg(6), 0U);
  EXPECT_EQ(event.section(EV_SEC_STRING).bytes, "passwd");
  EXPECT_EQ(event.section(EV_SEC_BASE).bytes, "/etc");
  EXPECT_EQ(event.section(EV_SEC_STRING, 1).bytes, "x");
  EXPECT_FALSE(event.section(EV_SEC_CWD));
  EXPECT_FALSE(event.section(EV_SEC_STRING, EV_SLOTS));
}

TEST(Event, ShowsASuccessfulExecAsExecveThatReturnedZero) {
  const std::vector<Words> records = sample_records();
  Event event;
  ASSERT_EQ(event.decode(bytes_of(records[2], size_of(records[2]))), DecodeError::kNone);
  EXPECT_EQ(event.def().name, "execve");
  ASSERT_TRUE(event.has_return());
  EXPECT_EQ(event.return_value(), 0);
}

TEST(Event, GivesProcexitNoReturnValue) {
  const std::vector<Words> records = sample_records();
  Event event;
  ASSERT_EQ(event.decode(bytes_of(records[5], size_of(records[5]))), DecodeError::kNone);
  EXPECT_EQ(event.def().name, "procexit");
  EXPECT_FALSE(event.has_return());
}

TEST(Event, GivesGenericSyscallsNoReturnValue) {
  RecordWriter writer;
  writer.begin(EV_SYSCALL, 1, make_task());
  writer.body(make_call(SYS_getpid, 10));
  Event event;
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  EXPECT_EQ(event.def().name, "getpid");
  EXPECT_FALSE(event.has_return());
}

TEST(Event, RefusesASyscallNumberWithoutAName) {
  for (const uint32_t nr : {509U, 512U, 0xffffffffU}) {
    RecordWriter writer;
    writer.begin(EV_SYSCALL, 1, make_task());
    writer.body(make_call(nr, 0));
    Event event;
    EXPECT_EQ(event.decode(writer.finish()), DecodeError::kUnknownEvent) << nr;
  }
}

TEST(Event, ReadsANameThatFillsItsField) {
  ev_task task = make_task();
  std::memset(task.comm, 'x', sizeof(task.comm));
  RecordWriter writer;
  writer.begin(EV_EXIT, 1, task);
  writer.body(ev_exit{});
  Event event;
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  EXPECT_EQ(event.comm(), std::string(EV_COMM_SIZE, 'x'));
}

TEST(Event, RefusesASecondSectionOfTheSameKindAndSlot) {
  RecordWriter writer;
  writer.begin(EV_SYSCALL, 1, make_task());
  writer.body(make_call(SYS_unlink, 0));
  writer.section(EV_SEC_STRING, 0, "a");
  writer.section(EV_SEC_STRING, 0, "b");
  Event event;
  EXPECT_EQ(event.decode(writer.finish()), DecodeError::kBadSection);
}

TEST(Event, RefusesSectionsThatAreNotWhatTheySay) {
  struct Case {
    const char* name;
    uint16_t kind;
    uint8_t slot;
    uint32_t size;
  };
  const Case cases[] = {
      {"no kind", EV_SEC_NONE, 0, 8},         {"unknown kind", EV_SECTION_KINDS, 0, 8},
      {"slot", EV_SEC_STRING, EV_SLOTS, 8},   {"beyond the record", EV_SEC_STRING, 0, 9},
      {"huge", EV_SEC_STRING, 0, 0xffffffff}, {"shorter than its object", EV_SEC_FILE, 0, 8},
  };
  for (const Case& c : cases) {
    RecordWriter writer;
    writer.begin(EV_EXIT, 1, make_task());
    writer.body(ev_exit{});
    writer.section(EV_SEC_STRING, 0, "12345678");
    Words words = to_words(writer.finish());
    ev_section section{};
    section.kind = c.kind;
    section.slot = c.slot;
    section.size = c.size;
    std::memcpy(reinterpret_cast<std::byte*>(words.data()) + size_of(words) - 8 - sizeof(section),
                &section, sizeof(section));
    Event event;
    EXPECT_EQ(event.decode(bytes_of(words, size_of(words))), DecodeError::kBadSection) << c.name;
  }
}

TEST(Event, RefusesARecordThatIsNotAligned) {
  const Words words = sample_records()[0];
  std::vector<std::byte> shifted(size_of(words) + 1);
  std::memcpy(shifted.data() + 1, words.data(), size_of(words));
  Event event;
  EXPECT_EQ(event.decode({shifted.data() + 1, size_of(words)}), DecodeError::kBadSize);
}

TEST(Event, RefusesEveryTruncation) {
  for (const Words& words : sample_records()) {
    for (size_t size = 0; size < size_of(words); ++size) {
      // A copy of exactly `size` bytes, so that a sanitizer sees reads behind it.
      const auto copy = std::make_unique<uint64_t[]>((size + 7) / 8);
      std::memcpy(copy.get(), words.data(), size);
      Event event;
      EXPECT_NE(event.decode({reinterpret_cast<std::byte*>(copy.get()), size}), DecodeError::kNone);
    }
  }
}

TEST(Event, SurvivesTruncationsWhoseHeaderAgrees) {
  Event event;
  size_t accepted = 0;
  for (const Words& original : sample_records()) {
    for (size_t words = 2; words < original.size(); ++words) {
      Words copy(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(words));
      const auto size = static_cast<uint32_t>(size_of(copy));
      std::memcpy(copy.data(), &size, sizeof(size));
      if (event.decode(bytes_of(copy, size)) == DecodeError::kNone) {
        ++accepted;
        touch(event);
      }
    }
  }
  EXPECT_GT(accepted, 0U);  // a record cut between two sections is a shorter record
}

TEST(Event, SurvivesRandomCorruption) {
  std::mt19937 random(20260401);
  Event event;
  size_t accepted = 0;
  size_t refused = 0;
  const std::vector<Words> records = sample_records();
  for (int round = 0; round < 50000; ++round) {
    Words words = records[random() % records.size()];
    auto* bytes = reinterpret_cast<uint8_t*>(words.data());
    const size_t changes = 1 + random() % 4;
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = random() % size_of(words);
      bytes[at] = (random() & 1) != 0 ? static_cast<uint8_t>(random()) : 0xff;
    }
    if (event.decode(bytes_of(words, size_of(words))) == DecodeError::kNone) {
      ++accepted;
      touch(event);
    } else {
      ++refused;
    }
  }
  EXPECT_GT(accepted, 0U);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace saker
