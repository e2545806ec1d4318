// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/base/yaml.h"
#include "engine/cases/case_keys.h"
#include "engine/cases/case_reader.h"

namespace saker {
namespace {

TEST(CaseWriter, WritesTextsThatAreReadAsTheyWere) {
  for (const std::string text :
       {"",    " ",  "a",    "a b",  " a", "a ",   "-",   "--x",  "---", "- a",
        "-c",  "=",  "null", "Null", "~",  "true", "0",   "a: b", "a,b", "[x]",
        "{x}", "#x", "a #x", "\"",   "'",  "\\",   "\\n", "a\nb", "\t",  "\x1b[2J",
        "%x",  "@x", "*x",   "&x",   "!x", "|",    ">",   "?",    "ünï", "\xe2\x80\xae"}) {
    const std::string yaml = "{k: " + yaml_scalar(text) + ", l: [" + yaml_scalar(text) + "]}\n";
    const YamlFile file = parse_yaml(yaml);
    ASSERT_TRUE(file.errors.empty()) << yaml;
    const YamlNode& map = *file.documents.at(0);
    ASSERT_NE(map.find("k"), nullptr) << yaml;
    EXPECT_TRUE(map.find("k")->is_scalar()) << yaml;
    EXPECT_EQ(map.find("k")->text, text) << yaml;
    EXPECT_EQ(map.find("l")->items.at(0)->text, text) << yaml;
  }
}

// Every key that a made case can have.
constexpr const char* kCase =
    "case: \"all: of them\"\n"
    "users:\n"
    "  - {uid: 0, name: root, home: /, shell: /bin/sh}\n"
    "groups:\n"
    "  - {gid: 0, name: wheel}\n"
    "containers:\n"
    "  - {cgroup: /docker/x, name: web, image: \"nginx:1\", privileged: true}\n"
    "processes:\n"
    "  - {pid: 1, path: /sbin/init, name: i, exe: -i, args: [-c, \"a, b\"], env: [A=1], memfd: "
    "true, upper_layer: true, lower_layer: true, parent: 2, uid: 3, euid: 4, gid: 5, egid: 6, "
    "loginuid: 7, tty: 8, vpid: 9, sid: 10, pgid: 11, caps: 0x1ffffffffff, cgroup: /docker/x, cwd: "
    "/srv}\n"
    "events:\n"
    "  - {type: openat, pid: 1, dirfd: 9, path: x, flags: [O_WRONLY, O_CREAT, 0x80000000], mode: "
    "0644, ret: 3, dir: /a, file: /b/x, file_mode: 0100600, created: true}\n"
    "  - {type: open, pid: 1, path: x, ret: ENOENT}\n"
    "  - {type: renameat, pid: 1, oldpath: a, newpath: b, ret: 0, dir: /a, new_dir: /b}\n"
    "  - {type: connect, pid: 1, fd: 5, addr: \"10.0.0.1:80\", ret: 0, socket: {local: "
    "\"10.0.0.2:1000\", remote: \"10.0.0.1:80\", bound: true, listening: true}}\n"
    "  - {type: connect, pid: 1, fd: 5, addr: /run/x, ret: 0, socket: {path: /run/x, datagram: "
    "true}}\n"
    "  - {type: sendto, pid: 1, fd: 5, addr: \"[::1]:53\", ret: 2, data: \"00ff\"}\n"
    "  - {type: openat2, pid: 1, path: /x, ret: 3, data: \"0100\"}\n"
    "  - {type: getrlimit, pid: 1, args: [7, 0, 0x10000, -1, 0, 0], ret: 0}\n"
    "  - {type: getpid, pid: 1, ret: 1}\n"
    "  - {type: execve, pid: 1, path: /bin/sh, name: sh2}\n"
    "  - {type: execve, pid: 1, path: /none, ret: ENOENT}\n"
    "  - {type: process, pid: 1, uid: 5}\n"
    "  - {type: procexit, pid: 1}\n"
    "alerts:\n"
    "  - rule: \"R: x\"\n"
    "    fields:\n"
    "      \"proc.aname[2]\": \"<NA>\"\n"
    "      proc.name: sh\n"
    "  - rule: S\n";

TEST(CaseWriter, WritesWhatItReads) {
  const auto rewritten = [](const std::string& yaml) {
    Diagnostics diagnostics;
    const std::vector<Case> cases =
        read_cases(std::make_shared<SourceText>("x.yaml", yaml), diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics.items().front());
    return cases.empty() ? "" : to_yaml(cases.front());
  };
  EXPECT_EQ(rewritten(kCase), kCase);
  constexpr const char* kQuiet =
      "case: c\nevents:\n  - {type: getpid, pid: 1, ret: 0}\nquiet: true\n";
  EXPECT_EQ(rewritten(kQuiet), kQuiet);
}

}  // namespace
}  // namespace saker
