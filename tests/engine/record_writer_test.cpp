// SPDX-License-Identifier: Apache-2.0
#include "engine/record_writer.h"

#include <gtest/gtest.h>

#include <cstring>

#include "engine/event.h"

namespace saker {
namespace {

TEST(RecordWriter, PadsEverySectionToTheAlignment) {
  for (size_t length = 0; length < 20; ++length) {
    RecordWriter writer;
    writer.begin(EV_SNAPSHOT, 5, ev_task{});
    writer.body(ev_exec{});
    writer.section(EV_SEC_CWD, 0, std::string(length, 'x'));
    writer.section(EV_SEC_EXE, 0, "/bin/sh");
    const auto record = writer.finish();
    ASSERT_EQ(record.size() % EV_ALIGN, 0U);
    Event event;
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    EXPECT_EQ(event.section(EV_SEC_CWD).bytes, std::string(length, 'x'));
    EXPECT_EQ(event.section(EV_SEC_EXE).bytes, "/bin/sh");
  }
}

TEST(RecordWriter, WritesTheSizeOfTheWholeRecord) {
  RecordWriter writer;
  writer.begin(EV_EXIT, 7, ev_task{}, 3);
  writer.body(ev_exit{});
  const auto record = writer.finish();
  ev_header header;
  std::memcpy(&header, record.data(), sizeof(header));
  EXPECT_EQ(header.size, record.size());
  EXPECT_EQ(header.kind, EV_EXIT);
  EXPECT_EQ(header.cpu, 3);
  EXPECT_EQ(header.boot_ns, 7U);
}

TEST(RecordWriter, StartsAfreshWithBegin) {
  RecordWriter writer;
  writer.begin(EV_USERS, 1, ev_task{});
  writer.body(ev_users{});
  writer.section(EV_SEC_STRING, 0, "root:x:0:0::/root:/bin/sh\n");
  const size_t with_section = writer.finish().size();
  writer.begin(EV_USERS, 1, ev_task{});
  writer.body(ev_users{});
  EXPECT_LT(writer.finish().size(), with_section);
}

TEST(RecordWriter, KeepsTheTrueSizeOfACutSection) {
  RecordWriter writer;
  writer.begin(EV_SNAPSHOT, 1, ev_task{});
  writer.body(ev_exec{});
  writer.section(EV_SEC_ARGS, 0, "ab", EV_SECF_TRUNCATED, 900);
  Event event;
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  EXPECT_TRUE(event.section(EV_SEC_ARGS).truncated());
  EXPECT_EQ(event.section(EV_SEC_ARGS).true_size, 900U);
}

TEST(RecordWriter, PutsThePathBehindTheObject) {
  RecordWriter writer;
  writer.begin(EV_SYSCALL, 1, ev_task{});
  ev_syscall call{};
  call.nr = 0;
  writer.body(call);
  ev_file file{};
  file.fd = 4;
  writer.file(0, file, "/etc/passwd");
  ev_socket socket{};
  socket.fd = 5;
  writer.socket(1, socket, "/run/x.sock");
  Event event;
  ASSERT_EQ(event.decode(writer.finish()), DecodeError::kNone);
  EXPECT_EQ(event.file()->fd, 4);
  EXPECT_EQ(event.file_path(), "/etc/passwd");
  EXPECT_EQ(event.socket(1)->fd, 5);
  EXPECT_EQ(event.socket_path(1), "/run/x.sock");
}

}  // namespace
}  // namespace saker
