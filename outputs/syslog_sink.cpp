// SPDX-License-Identifier: Apache-2.0
#include "outputs/syslog_sink.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "engine/base/strings.h"
#include "engine/base/unique_fd.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/sink.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

// In the order of their numbers, from 0.
constexpr std::string_view kFacilities =
    "kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|audit|alert|clock|"
    "local0|local1|local2|local3|local4|local5|local6|local7";

constexpr SettingDef kSettings[] = {
    {"socket", SettingType::kText, "/dev/log", "Where the syslog daemon listens."},
    {"facility", SettingType::kText, "user", "The facility of the messages.", kFacilities},
    {"protocol", SettingType::kText, "rfc5424",
     "rfc5424: with id, rule and seq as structured data. rfc3164: what syslog(3) sends, for "
     "daemons "
     "that know no other form, journald among them.",
     "rfc5424|rfc3164"},
    {"max_message_bytes", SettingType::kInteger, "8192",
     "A longer message is cut and ends with `[truncated]`. The default is what rsyslog takes.", "",
     2048, 131'072},
};

constexpr std::string_view kTruncated = " [truncated]";
constexpr size_t kMaxHostBytes = 255;  // RFC 5424, 6
constexpr size_t kMaxRuleBytes = 200;  // keeps the header below the least max_message_bytes

// The front of valid UTF-8, at most `size` bytes of whole characters.
std::string_view front_of(std::string_view text, size_t size) {
  if (text.size() <= size) {
    return text;
  }
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
    --size;
  }
  return text.substr(0, size);
}

// RFC 5424, 6: what is not printable ASCII may not be in a host name, and there must be one.
std::string host_of(const Alert& alert) {
  std::string host = alert.hostname.substr(0, kMaxHostBytes);
  std::ranges::replace_if(host, [](char c) { return c <= ' ' || c > '~'; }, '?');
  return host.empty() ? "-" : host;
}

// RFC 5424, 6.3.3: quotation marks, backslashes and brackets are escaped.
void append_parameter(std::string& out, std::string_view name, std::string_view value) {
  std::string escaped;
  append_escaped(escaped, value);
  out.append(" ").append(name).append("=\"");
  for (const char c : front_of(escaped, kMaxRuleBytes)) {
    if (c == '"' || c == '\\' || c == ']') {
      out += '\\';
    }
    out += c;
  }
  out += '"';
}

// "Nov 23 00:35:53", by the local time zone.
std::string rfc3164_time(int64_t time_ns) {
  const std::tm parts = local_time(time_ns);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%b %e %H:%M:%S", &parts)};
}

// RFC 5424, 6.2.3: microseconds at most.
std::string rfc5424_time(int64_t time_ns) {
  constexpr size_t kWithMicroseconds = 26;
  return utc_time(time_ns, "").substr(0, kWithMicroseconds) + "Z";
}

Error with_hint(Error error) {
  if (error.errno_value == ENOENT || error.errno_value == ECONNREFUSED) {
    error.hint = "no syslog daemon listens there; syslog_output.socket says where one does";
  } else if (error.errno_value == EAGAIN) {
    error = {error.what, 0, "the syslog daemon does not read what it has been sent"};
  } else if (error.errno_value == EMSGSIZE) {
    error.hint = "lower syslog_output.max_message_bytes";
  }
  return error;
}

}  // namespace

SyslogSink::SyslogSink(SyslogOptions options, const AlertFormat& format)
    : options_(std::move(options)), format_(format) {}

Error SyslogSink::cannot(std::string_view verb, int error) const {
  return with_hint({"cannot " + std::string(verb) + " '" + options_.socket + "'", error, ""});
}

int SyslogSink::connect_as(int type) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (options_.socket.size() >= sizeof(address.sun_path)) {
    return ENAMETOOLONG;
  }
  std::memcpy(address.sun_path, options_.socket.data(), options_.socket.size());
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  const auto timeout_us = std::chrono::microseconds(options_.send_timeout).count();
  const timeval timeout{timeout_us / 1'000'000, timeout_us % 1'000'000};
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0 ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return errno;
  }
  fd_ = std::move(fd);
  is_stream_ = type == SOCK_STREAM;
  return 0;
}

Result<void> SyslogSink::open() {
  int error = connect_as(SOCK_DGRAM);
  if (error == EPROTOTYPE) {
    error = connect_as(SOCK_STREAM);
  }
  return error == 0 ? Result<void>() : cannot("connect to", error);
}

void SyslogSink::append_header(std::string& out, const Alert& alert, const Message& message) const {
  out += '<' + std::to_string(options_.facility * 8 + static_cast<int>(alert.priority)) + '>';
  const std::string pid = std::to_string(::getpid());
  if (options_.is_rfc3164) {
    out += rfc3164_time(alert.time_ns) + " saker[" + pid + "]: ";
    return;
  }
  out += "1 " + rfc5424_time(alert.time_ns) + ' ' + host_of(alert) + " saker " + pid;
  out += " alert [saker@32473";  // the number that RFC 5612 leaves to everybody
  append_parameter(out, "id", alert.id);
  append_parameter(out, "rule", alert.rule);
  append_parameter(out, "seq", std::to_string(message.seq));
  out += "] ";
}

void SyslogSink::render(const Alert& alert, Message& message) const {
  append_header(message.body, alert, message);
  format_.append(message.body, alert, message.seq);
  if (message.body.size() > options_.max_message_bytes) {
    message.body.resize(
        front_of(message.body, options_.max_message_bytes - kTruncated.size()).size());
    message.body += kTruncated;
  }
}

int SyslogSink::send_one(std::string_view body) const {
  std::string framed(body);
  if (is_stream_) {
    framed += '\n';
  }
  std::string_view rest = framed;
  while (!rest.empty()) {
    const ssize_t n = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      rest.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

BlockingSink::Written SyslogSink::write(std::span<const Message> messages) {
  for (size_t i = 0; i < messages.size(); ++i) {
    int error = fd_ ? send_one(messages[i].body) : ENOTCONN;
    if (error != 0 && error != EAGAIN && error != EMSGSIZE) {
      // The daemon may have been started anew.
      if (Result<void> opened = open(); !opened) {
        return {i, SendFailure{std::move(opened).error(), false}};
      }
      error = send_one(messages[i].body);
    }
    if (error != 0) {
      if (is_stream_) {
        fd_.reset();  // a part of the line may be out: the next begins on a new connection
      }
      return {i, SendFailure{cannot("send to", error), error == EMSGSIZE}};
    }
  }
  return {messages.size(), {}};
}

std::span<const SettingDef> syslog_settings() { return kSettings; }

Result<std::unique_ptr<Sink>> make_syslog_sink(const SinkSettings& settings,
                                               const AlertFormat& format) {
  const std::string_view before =
      kFacilities.substr(0, kFacilities.find(settings.text("facility")));
  const SyslogOptions options{
      .socket = settings.text("socket"),
      .facility = static_cast<int>(std::ranges::count(before, '|')),
      .is_rfc3164 = settings.text("protocol") == "rfc3164",
      .max_message_bytes = static_cast<size_t>(settings.integer("max_message_bytes")),
  };
  return std::unique_ptr<Sink>(std::make_unique<SyslogSink>(options, format));
}

}  // namespace saker
