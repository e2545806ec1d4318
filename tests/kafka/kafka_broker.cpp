// SPDX-License-Identifier: Apache-2.0
#include "tests/kafka/kafka_broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"
#include "tests/kafka/kafka_client.h"
#include "tests/kafka/mock_cluster.h"

namespace saker::test {
namespace {

// A Java virtual machine on a loaded machine with few CPUs.
constexpr std::chrono::seconds kStartTimeout{90};

const std::string kScripts = std::string(SAKER_SOURCE_DIR) + "/tests/kafka/";
const std::string kJars = std::string(SAKER_KAFKA_DIR) + "/jars";

uint16_t free_port() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  SAKER_CHECK(::bind(fd.get(), generic, size) == 0 && ::getsockname(fd.get(), generic, &size) == 0);
  return ::ntohs(address.sin_port);
}

// Starts a program that ends with this one; what it writes is appended to `log`.
pid_t spawn(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const UniqueFd out(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const pid_t pid = ::fork();
  SAKER_CHECK(pid >= 0);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(out.get(), STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return pid;
}

std::string tail(const std::string& path) {
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  return text.substr(text.size() - std::min<size_t>(text.size(), 2000));
}

// Runs it to its end; an exit status other than 0 is an error.
Result<void> run(const std::vector<std::string>& words, const std::string& log) {
  int status = 0;
  ::waitpid(spawn(words, log), &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{words[0] + " failed: " + tail(log), 0, ""};
  }
  return {};
}

std::vector<std::string> java(const std::string& main_class, const std::string& root) {
  return {"java",
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          kJars + "/*",
          "-Dlog4j.configuration=file:" + root + "log4j.properties",
          main_class};
}

constexpr std::string_view kLog4j = R"(log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %m%n
)";

// What does not depend on the test's directory and ports. One broker holds everything, and nothing
// is waited for that only a cluster has.
constexpr std::string_view kFixedProperties = R"(process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL
inter.broker.listener.name=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER
ssl.keystore.type=PEM
ssl.truststore.type=PEM
listener.name.mutual.ssl.client.auth=required
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
controller.quorum.election.backoff.max.ms=50
)";

std::string login_module(const std::string& mechanism, const std::string& module) {
  return "listener.name.login." + mechanism +
         ".sasl.jaas.config=org.apache.kafka.common.security." + module;
}

}  // namespace

KafkaBroker::KafkaBroker() = default;

KafkaBroker::~KafkaBroker() { stop(SIGKILL); }

Result<std::unique_ptr<KafkaBroker>> KafkaBroker::start() {
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker());
  std::string why_mock;
  if (std::getenv("SAKER_KAFKA_MOCK") != nullptr) {
    why_mock = "SAKER_KAFKA_MOCK is set";
  } else if (const Result<void> fetched =
                 run({kScripts + "fetch", kJars}, broker->root_.path("fetch.log"));
             !fetched) {
    why_mock = fetched.error().what;
  }
  if (!why_mock.empty()) {
    if (std::getenv("SAKER_REQUIRE_KAFKA") != nullptr) {
      return Error{"no Apache Kafka: " + why_mock, 0, ""};
    }
    broker->mock_ = std::make_unique<MockCluster>();
    broker->address_ = broker->mock_->address();
  } else if (Result<void> done = broker->prepare(); !done) {
    return std::move(done).error();
  } else if (Result<void> launched = broker->launch(); !launched) {
    return std::move(launched).error();
  }
  const std::string used = broker->is_real() ? "Apache Kafka 3.9" : "mock cluster: " + why_mock;
  ::testing::Test::RecordProperty("kafka", used);
  std::cerr << "[  KAFKA   ] " << used << std::endl;
  return broker;
}

Result<void> KafkaBroker::prepare() {
  controller_port_ = free_port();
  address_ = "127.0.0.1:" + std::to_string(free_port());
  login_address_ = "localhost:" + std::to_string(free_port());
  mutual_tls_address_ = "localhost:" + std::to_string(free_port());
  root_.file("log4j.properties", std::string(kLog4j));
  root_.file("server.properties", properties());
  if (Result<void> done =
          run({kScripts + "make_certificates", root_.path()}, root_.path("certificates.log"));
      !done) {
    return done;
  }
  std::vector<std::string> format = java("kafka.tools.StorageTool", root_.path());
  format.insert(format.end(),
                {"format", "-t", "c2FrZXItdGVzdHMtMDAwMQ", "-c", root_.path("server.properties")});
  for (const char* mechanism : {"SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    format.insert(format.end(), {"--add-scram", std::string(mechanism) + "=[name=" + kUser +
                                                    ",password=\"" + kPassword + "\"]"});
  }
  return run(format, root_.path("format.log"));
}

std::string KafkaBroker::properties() const {
  const std::string controller = "127.0.0.1:" + std::to_string(controller_port_);
  const std::string listeners =
      "PLAIN://" + address_ + ",LOGIN://" + login_address_ + ",MUTUAL://" + mutual_tls_address_;
  std::string text(kFixedProperties);
  for (const std::string& line : {
           "log.dirs=" + root_.path("data"),
           "controller.quorum.voters=1@" + controller,
           "listeners=CONTROLLER://" + controller + "," + listeners,
           "advertised.listeners=" + listeners,
           "ssl.keystore.location=" + root_.path("broker.pem"),
           "ssl.truststore.location=" + root_.path("ca.pem"),
           login_module("scram-sha-256", "scram.ScramLoginModule required;"),
           login_module("scram-sha-512", "scram.ScramLoginModule required;"),
           login_module("plain", "plain.PlainLoginModule required user_" + std::string(kUser) +
                                     "=\"" + kPassword + "\";"),
           login_module("oauthbearer",
                        "oauthbearer.OAuthBearerLoginModule required "
                        "unsecuredLoginStringClaim_sub=\"broker\";"),
       }) {
    text += line + "\n";
  }
  return text;
}

Result<void> KafkaBroker::launch() {
  std::vector<std::string> words = java("kafka.Kafka", root_.path());
  words.push_back(root_.path("server.properties"));
  pid_ = spawn(words, root_.path("broker.log"));
  Result<void> answered = wait_for_broker(address_, kStartTimeout);
  if (!answered) {
    return Error{answered.error().what + "; its log ends: " + tail(root_.path("broker.log")), 0,
                 ""};
  }
  return {};
}

Result<void> KafkaBroker::create_topic(const std::string& topic, int partitions,
                                       const std::map<std::string, std::string>& settings) const {
  if (mock_ != nullptr) {
    mock_->create_topic(topic, partitions);
    return {};
  }
  return test::create_topic(address_, topic, partitions, settings);
}

void KafkaBroker::stop(int signal) {
  if (mock_ != nullptr) {
    mock_->set_down();
  }
  if (pid_ > 0) {
    ::kill(pid_, signal);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

void KafkaBroker::pause() const { ::kill(pid_, SIGSTOP); }

void KafkaBroker::resume() const { ::kill(pid_, SIGCONT); }

Result<void> KafkaBroker::start_again() {
  if (mock_ != nullptr) {
    mock_->set_up();
    return wait_for_broker(address_, kStartTimeout);
  }
  return launch();
}

}  // namespace saker::test
