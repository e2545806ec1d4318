// SPDX-License-Identifier: Apache-2.0
// `saker replay` on captures made here: alerts, order, endings.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/record_writer.h"
#include "outputs/alert_format.h"
#include "probes/capture.h"
#include "tests/support/http_server.h"
#include "tests/support/program.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr int64_t kBootToEpochNs = 1'700'000'000'000'000'000;

constexpr std::string_view kRules =
    "- rule: Shadow opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat and fd.name = /etc/shadow\n"
    "  output: shadow opened (by=%proc.name parent=%proc.pname user=%user.name)\n"
    "  priority: WARNING\n"
    "- rule: Tmp opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat and fd.name startswith /tmp/\n"
    "  output: tmp opened (%fd.name)\n"
    "  priority: NOTICE\n";

ev_task task(uint32_t pid, uint32_t ppid, const char* comm) {
  ev_task task{};
  task.pid = task.tid = task.vpid = task.vtid = pid;
  task.ppid = ppid;
  task.start_boot_ns = pid * kSecond;
  task.parent_start_boot_ns = ppid * kSecond;
  task.uid = task.euid = 1000;
  task.loginuid = 0xffffffff;
  std::strncpy(task.comm, comm, sizeof(task.comm) - 1);
  return task;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Replay : public testing::Test {
 protected:
  Replay() {
    std::string pattern = testing::TempDir() + "saker-replay-cmd-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "r.yaml") << kRules;
    auto capture = CaptureWriter::create(
        this->capture(), {.boot_to_epoch_ns = kBootToEpochNs, .hostname = "recorded-host"});
    EXPECT_TRUE(capture);
    writer_ = std::move(*capture);
    add_users();
    add_process(100, 1, "bash");
    add_process(200, 100, "cat");
  }
  ~Replay() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string capture() const { return (folder_ / "capture").string(); }
  [[nodiscard]] std::string rules() const { return (folder_ / "r.yaml").string(); }
  [[nodiscard]] std::vector<std::string> args(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"replay",  "-r", rules(),
                                      capture(), "-o", "time_format_iso_8601=true"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  void add_users() {
    record_.begin(EV_USERS, 1, ev_task{});
    record_.body(ev_users{});
    record_.section(EV_SEC_STRING, 0, "alice:x:1000:1000::/home/alice:/bin/sh\n");
    write();
  }
  void add_process(uint32_t pid, uint32_t ppid, const char* name) {
    record_.begin(EV_SNAPSHOT, 1, task(pid, ppid, name));
    record_.body(ev_exec{});
    record_.section(EV_SEC_ARGS, 0, std::string(name) + '\0');
    write();
  }
  void add_open(std::string_view path, uint64_t boot_ns) {
    ev_syscall call{};
    call.nr = SYS_openat;
    call.ret = 3;
    ev_file file{};
    file.fd = 3;
    file.inode.mode = S_IFREG | 0600;
    record_.begin(EV_SYSCALL, boot_ns, task(200, 100, "cat"));
    record_.body(call);
    record_.section(EV_SEC_STRING, 0, path);
    record_.file(0, file, path);
    write();
  }
  void write() { ASSERT_TRUE(writer_->write(record_.finish())); }
  void close() { ASSERT_TRUE(writer_->close()); }

  std::filesystem::path folder_;
  std::unique_ptr<CaptureWriter> writer_;
  RecordWriter record_;
};

TEST_F(Replay, GivesTheAlertsOfTheRecordedHost) {
  add_open("/etc/shadow", 5);
  add_open("/etc/hosts", 6);
  add_open("/tmp/x\ny", 7);
  close();
  const Finished finished = run_saker(args());
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "2023-11-14T22:13:20.000000005+0000: Warning shadow opened (by=cat parent=bash "
            "user=alice)\n"
            "2023-11-14T22:13:20.000000007+0000: Notice tmp opened (/tmp/x\\ny)\n");
  std::string summary = finished.err;
  const size_t in = summary.find(" in ");
  summary.erase(in, summary.find(',') - in);  // the time it took
  EXPECT_EQ(summary,
            "3 events, 2 alerts, 0 lost\n"
            "events by type:\n"
            "           3  openat\n"
            "alerts by priority:\n"
            "           1  Warning\n"
            "           1  Notice\n"
            "alerts by rule:\n"
            "           1  Shadow opened\n"
            "           1  Tmp opened\n"
            "counts:\n"
            "           6  source: read\n"
            "           2  output stdout: written\n");
}

TEST_F(Replay, GivesJsonOnRequest) {
  add_open("/etc/shadow", 5);
  close();
  const Finished finished =
      run_saker(args({"-o", "json_output=true", "-o", "json_include_id_property=false"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(
      finished.out,
      R"x({"hostname":"recorded-host","output":"2023-11-14T22:13:20.000000005+0000: Warning )x"
      R"x(shadow opened (by=cat parent=bash user=alice)","output_fields":{)x"
      R"("evt.time.iso8601":1700000000000000005,"proc.name":"cat","proc.pname":"bash",)"
      R"("user.name":"alice"},"priority":"Warning","rule":"Shadow opened",)"
      R"("source":"syscall","tags":[],"time":"2023-11-14T22:13:20.000000005Z"})"
      "\n");
}

TEST_F(Replay, EachFormatGivesDocumentsOfItsSchema) {
  add_open("/etc/shadow", 5);
  add_open("/tmp/x\xff\n\"", 6);
  close();
  for (const AlertFormatDef& def : alert_formats()) {
    if (def.content_type != "application/json") {
      continue;
    }
    const std::string format = "stdout_output.format=" + std::string(def.name);
    const Finished finished = run_saker(args({"-o", format}));
    EXPECT_EQ(std::ranges::count(finished.out, '\n'), 2) << finished.err;
    EXPECT_EQ(SchemaCheck::of(def.name).problem_of_lines(finished.out), "");
  }
}

// Everything that the configuration can add to an alert, on the whole way.
TEST_F(Replay, AddsWhatTheConfigurationSays) {
  add_open("/etc/shadow", 5);
  add_open("/tmp/x", 6);
  close();
  std::ofstream(folder_ / "c.yaml")
      << "static_fields: {zone: \"eu \\e\"}\n"
         "append_output:\n"
         "  - match: {rule: Shadow opened}\n"
         "    extra_output: fd=%fd.num\n"
         "    suggested_output: true\n"
         "  - extra_fields: [proc.pid, {\"k\\e\": 'by %toupper(proc.name)'}]\n";
  const std::string config = (folder_ / "c.yaml").string();
  const Finished text = run_saker(args({"-c", config, "-p", "[%user.uid]"}));
  EXPECT_EQ(text.out,
            "2023-11-14T22:13:20.000000005+0000: Warning shadow opened (by=cat parent=bash "
            "user=alice) fd=3 container_id=host container_name=host "
            "container_image_repository=<NA> container_image_tag=<NA> k8s_pod_name=<NA> "
            "k8s_ns_name=<NA> static_zone=eu \\u001b [1000]\n"
            "2023-11-14T22:13:20.000000006+0000: Notice tmp opened (/tmp/x) [1000]\n")
      << text.err;
  const Finished json = run_saker(
      args({"-c", config, "-o", "json_output=true", "-o", "json_include_output_property=false",
            "-o", "json_include_id_property=false"}));
  EXPECT_EQ(json.out,
            R"x({"hostname":"recorded-host","output_fields":{"container.id":"host",)x"
            R"x("container.image.repository":null,"container.image.tag":null,)x"
            R"x("container.name":"host","evt.time.iso8601":1700000000000000005,"fd.num":3,)x"
            R"x("k\u001B":"by CAT","k8s.ns.name":null,"k8s.pod.name":null,"proc.name":"cat",)x"
            R"x("proc.pid":200,"proc.pname":"bash","static.zone":"eu \u001B",)x"
            R"x("user.name":"alice"},"priority":"Warning","rule":"Shadow opened",)x"
            R"x("source":"syscall","tags":[],"time":"2023-11-14T22:13:20.000000005Z"})x"
            "\n"
            R"x({"hostname":"recorded-host","output_fields":{"evt.time.iso8601":)x"
            R"x(1700000000000000006,"fd.name":"/tmp/x","k\u001B":"by CAT","proc.pid":200},)x"
            R"x("priority":"Notice","rule":"Tmp opened","source":"syscall","tags":[],)x"
            R"x("time":"2023-11-14T22:13:20.000000006Z"})x"
            "\n")
      << json.err;
}

TEST_F(Replay, WritesWhereAConfigurationOfFalcoSays) {
  add_open("/etc/shadow", 5);
  add_open("/tmp/x", 6);
  close();
  const HttpServer server;
  const std::string folder = folder_.string();
  const std::string config = (folder_ / "falco.yaml").string();
  std::ofstream(config)
      << "stdout_output: {enabled: true}\n"
      << "syslog_output: {enabled: false}\n"
      << "file_output: {enabled: true, keep_alive: false, filename: " << folder << "/events.txt}\n"
      << "program_output:\n  enabled: true\n  keep_alive: false\n  program: cat >> " << folder
      << "/program.txt\n"
      << "http_output:\n  enabled: true\n  url: " << server.url() << "\n"
      << "  user_agent: falcosecurity/falco\n  insecure: false\n  echo: false\n  mtls: false\n"
      << "  ca_cert: ''\n  ca_bundle: ''\n  ca_path: /etc\n"
      << "  client_cert: /etc/ssl/certs/client.crt\n  client_key: /etc/ssl/certs/client.key\n"
      << "  compress_uploads: false\n  keep_alive: false\n  max_consecutive_timeouts: 5\n"
      << "spool: {directory: " << folder << "/spool}\n";
  ASSERT_EQ(::setenv("no_proxy", "*", 1), 0);
  const Finished finished = run_saker(args({"-c", config}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  const std::string expected =
      "2023-11-14T22:13:20.000000005+0000: Warning shadow opened (by=cat parent=bash user=alice)\n"
      "2023-11-14T22:13:20.000000006+0000: Notice tmp opened (/tmp/x)\n";
  EXPECT_EQ(finished.out, expected);
  EXPECT_EQ(read_file(folder_ / "events.txt"), expected);
  EXPECT_EQ(read_file(folder_ / "program.txt"), expected);
  std::string posted;
  for (const HttpRequest& request : server.requests()) {
    posted += request.body + "\n";
  }
  EXPECT_EQ(posted, expected);
}

TEST_F(Replay, MistakesInWhatIsAddedAreShownInTheConfiguration) {
  ASSERT_EQ(::setenv("SAKER_TEST_WHO", "%proc.nam", 1), 0);
  close();
  const std::string config = (folder_ / "c.yaml").string();
  std::ofstream(config) << "append_output:\n"
                           "  - extra_output: >\n"
                           "      by %proc.name\n"
                           "      in %proc.cdw\n"
                           "  - extra_output: \"tab\\t %fd.nam\"\n"
                           "  - extra_output: by ${SAKER_TEST_WHO}\n";
  EXPECT_EQ(run_saker(args({"-c", config})).err, config +
                                                     ":4:11-18: error: unknown field 'proc.cdw'\n"
                                                     "  in %proc.cdw\n"
                                                     "      ~~~~~~~~\n"
                                                     "hint: did you mean 'proc.cwd'?\n" +
                                                     config +
                                                     ":5:27-32: error: unknown field 'fd.nam'\n"
                                                     "  - extra_output: \"tab\\t %fd.nam\"\n"
                                                     "                          ~~~~~~\n"
                                                     "hint: did you mean 'fd.num'?\n" +
                                                     config +
                                                     ":6:19-38: error: unknown field 'proc.nam'\n"
                                                     "  - extra_output: by ${SAKER_TEST_WHO}\n"
                                                     "                  ~~~~~~~~~~~~~~~~~~~~\n"
                                                     "hint: did you mean 'proc.name'?\n");
}

TEST_F(Replay, NamesOfFieldSetsPrintNothingMore) {
  add_open("/tmp/x", 6);
  close();
  for (const char* set : {"c", "container", "k", "kubernetes"}) {
    EXPECT_EQ(run_saker(args({"-p", set})).out,
              "2023-11-14T22:13:20.000000006+0000: Notice tmp opened (/tmp/x)\n");
  }
}

TEST_F(Replay, MistakesInWhatIsAddedAreShownOnTheCommandLine) {
  close();
  const Finished finished = run_saker(
      args({"-p", "by %proc.nam", "-o", "append_output=[{extra_output: \"a %fd.nam\"}]"}));
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err,
            "-o:1:35-40: error: unknown field 'fd.nam'\n"
            "  append_output=[{extra_output: \"a %fd.nam\"}]\n"
            "                                    ~~~~~~\n"
            "hint: did you mean 'fd.num'?\n"
            "-p:1:5-12: error: unknown field 'proc.nam'\n"
            "  by %proc.nam\n"
            "      ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n");
}

// Both rules of this file hold for an open of /tmp/shadow.
constexpr std::string_view kOverlapping =
    "- rule: Tmp opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat and fd.name startswith /tmp/\n"
    "  output: tmp\n"
    "  priority: NOTICE\n"
    "  tags: [files]\n"
    "- rule: Shadow opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat and fd.name endswith /shadow\n"
    "  output: shadow\n"
    "  priority: WARNING\n"
    "  tags: [files, secrets]\n"
    "- rule: Anything opened\n"
    "  desc: d\n"
    "  condition: evt.type = openat\n"
    "  output: anything\n"
    "  priority: DEBUG\n"
    "  enabled: false\n";

TEST_F(Replay, ReportsTheRulesThatTheConfigurationSelects) {
  std::ofstream(folder_ / "r.yaml") << kOverlapping;
  add_open("/tmp/shadow", 5);
  close();
  struct Row {
    std::vector<std::string> overrides;
    std::string_view reported;  // messages, in order
  };
  const Row rows[] = {
      {{}, "tmp "},
      {{"rule_matching=first"}, "tmp "},
      {{"rule_matching=all"}, "tmp shadow "},
      {{"priority=warning"}, "shadow "},
      {{"rule_matching=all", "priority=notice", "rules=[{enable: {rule: \"*\"}}]"}, "tmp shadow "},
      {{"rules[].disable.rule=Tmp*"}, "shadow "},
      {{"rules[].disable.tag=files"}, ""},
      {{"rules[].disable.rule=tmp opened"}, "tmp "},
      // Rules that are switched on again keep their place.
      {{"rules=[{disable: {rule: \"*\"}}, {enable: {tag: secrets}}, {enable: {tag: files}}]"},
       "tmp "},
      {{"rule_matching=all", "rules[].disable.rule=*", "rules[].enable.rule=Anything opened",
        "rules[].enable.rule=Shadow*", "rules[].enable.rule=Tmp*"},
       "tmp shadow anything "},
      {{"rule_matching=all", "rules[].enable.rule=*", "rules[].disable.tag=secrets"},
       "tmp anything "},
  };
  for (const Row& row : rows) {
    std::vector<std::string> more;
    for (const std::string& override_text : row.overrides) {
      more.insert(more.end(), {"-o", override_text});
    }
    const Finished finished = run_saker(args(more));
    EXPECT_EQ(finished.status, 0) << finished.err;
    std::string reported;
    std::istringstream lines(finished.out);
    for (std::string line; std::getline(lines, line);) {
      reported += line.substr(line.rfind(' ') + 1) + " ";
    }
    EXPECT_EQ(reported, row.reported) << testing::PrintToString(row.overrides);
  }
}

TEST_F(Replay, LosesNothingToASlowReader) {
  constexpr int kEvents = 20'000;
  for (int i = 0; i < kEvents; ++i) {
    add_open("/tmp/" + std::to_string(i), 5);
  }
  close();
  const Finished finished = run_saker(args({"-o", "outputs_queue.capacity=1"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), kEvents);
  EXPECT_NE(finished.out.find("(/tmp/19999)\n"), std::string::npos);
}

TEST_F(Replay, SigtermWritesOutWhatIsQueuedAndEndsWell) {
  constexpr int kEvents = 50'000;  // far more than the pipe and the queue hold
  for (int i = 0; i < kEvents; ++i) {
    add_open("/tmp/" + std::to_string(i), 5);
  }
  close();
  Program program(args({"-o", "outputs_queue.capacity=10"}));
  ASSERT_TRUE(program.wait_for_output());
  program.send(SIGTERM);  // nothing has been read: it cannot be through yet
  const Finished finished = program.finish();
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto lines = std::ranges::count(finished.out, '\n');
  EXPECT_GE(lines, 1);
  EXPECT_LT(lines, kEvents);
  EXPECT_TRUE(finished.out.ends_with("(/tmp/" + std::to_string(lines - 1) + ")\n"));
  EXPECT_NE(finished.err.find(", " + std::to_string(lines) + " alerts, 0 lost\n"),
            std::string::npos)
      << finished.err;
}

TEST_F(Replay, ClosedStdoutEndsTheRunWithAnError) {
  for (int i = 0; i < 50'000; ++i) {
    add_open("/tmp/" + std::to_string(i), 5);
  }
  close();
  Program program(args({"-o", "outputs_queue.capacity=10"}));
  ASSERT_TRUE(program.wait_for_output());
  program.close_stdout();
  const Finished finished = program.finish();
  EXPECT_EQ(finished.status, 1);
  EXPECT_TRUE(
      finished.err.ends_with("error: cannot write to standard output: Broken pipe (nobody "
                             "reads the alerts any more)\n"))
      << finished.err;
  EXPECT_NE(finished.err.find("  output stdout: write_failed\n"), std::string::npos)
      << finished.err;
}

TEST_F(Replay, TruncatedFileGivesItsAlertsAndAnErrorWithTheOffset) {
  add_open("/etc/shadow", 5);
  const uint64_t complete = writer_->bytes();
  add_open("/etc/shadow", 6);
  close();
  std::filesystem::resize_file(capture(), complete + 50);
  const Finished finished = run_saker(args());
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 1);
  EXPECT_TRUE(finished.err.ends_with("error: capture file '" + capture() +
                                     "': truncated at offset " + std::to_string(complete) +
                                     ": the last record is cut off\n"))
      << finished.err;
}

TEST_F(Replay, UndecodableRecordsAreCountedAndFailTheRun) {
  const uint64_t good = writer_->bytes();
  add_open("/etc/shadow", 5);
  close();
  {
    // The first section's size.
    std::fstream file(capture(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(good + sizeof(ev_header) + sizeof(ev_task) +
                                           sizeof(ev_syscall) + offsetof(ev_section, size)));
    file.write("\xff\xff\xff\x7f", 4);
  }
  const Finished finished = run_saker(args());
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_NE(finished.err.find("           1  decode: bad_section\n"), std::string::npos)
      << finished.err;
  EXPECT_TRUE(finished.err.ends_with("error: '" + capture() +
                                     "' holds 1 records that cannot be decoded (the file is "
                                     "corrupt)\n"))
      << finished.err;
}

TEST_F(Replay, RefusesWhatIsNoCapture) {
  const Finished finished = run_saker({"replay", "-r", rules(), rules()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err,
            "error: '" + rules() + "' is not a capture file (made by 'saker record')\n");
}

TEST_F(Replay, StatsShowTheTimePerEvent) {
  add_open("/etc/hosts", 5);
  close();
  const Finished finished = run_saker(args({"--stats"}));
  EXPECT_EQ(finished.status, 0);
  EXPECT_NE(finished.err.find(" ns per event, "), std::string::npos) << finished.err;
}

}  // namespace
}  // namespace saker::test
