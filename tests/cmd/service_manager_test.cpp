// SPDX-License-Identifier: Apache-2.0
#include "cmd/service_manager.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/notify_socket.h"

namespace saker {
namespace {

using std::chrono::milliseconds;
using test::NotifySocket;

TEST(ServiceManager, TellsEachStepOfARun) {
  const NotifySocket socket;
  ServiceManager manager;
  manager.tell_ready("watching with 2 rules");
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=watching with 2 rules");
  manager.tell_reloading();
  EXPECT_TRUE(socket.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager.tell_reloaded("done");
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=done");
  manager.tell_stopping();
  EXPECT_EQ(socket.next(), "STOPPING=1\nSTATUS=writing out what is queued");
  EXPECT_EQ(socket.next(), "");
}

TEST(ServiceManager, IsNotReadyBecauseOfAReload) {
  const NotifySocket socket;
  ServiceManager manager;
  manager.tell_reloading();
  manager.tell_reloaded("");
  EXPECT_EQ(socket.next(), "");
}

TEST(ServiceManager, IsNotBackFromTheEndBecauseOfAReload) {
  const NotifySocket socket;
  ServiceManager manager;
  manager.tell_ready("");
  manager.tell_stopping();
  EXPECT_NE(socket.next() + socket.next(), "");
  manager.tell_reloaded("");
  EXPECT_EQ(socket.next(), "");
}

TEST(ServiceManager, KeepsAStatusToOneLine) {
  const NotifySocket socket;
  ServiceManager manager;
  manager.tell_ready("a file\nMAINPID=1");
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=a file MAINPID=1");
}

TEST(ServiceManager, FeedsTheWatchdogOnceAnInterval) {
  const NotifySocket socket(std::chrono::seconds(30));
  ServiceManager manager;
  ASSERT_EQ(manager.feeding_interval(), milliseconds(10'000));
  constexpr uint64_t kSecondNs = 1'000'000'000;
  manager.feed_watchdog(100 * kSecondNs);
  EXPECT_EQ(socket.next(), "WATCHDOG=1");
  manager.feed_watchdog(110 * kSecondNs - 1);
  EXPECT_EQ(socket.next(), "");
  manager.feed_watchdog(110 * kSecondNs);
  EXPECT_EQ(socket.next(), "WATCHDOG=1");
}

TEST(ServiceManager, FeedsNoWatchdogThatIsNotThere) {
  const NotifySocket socket;
  ServiceManager manager;
  EXPECT_FALSE(manager.feeding_interval());
  manager.feed_watchdog(1);
  EXPECT_EQ(socket.next(), "");
}

}  // namespace
}  // namespace saker
