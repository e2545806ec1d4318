// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_config.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "outputs/setting_files.h"
#include "outputs/settings.h"

namespace saker {
namespace {

constexpr SettingDef kSettings[] = {
    {"brokers", SettingType::kList, "",
     "Brokers to begin with, as HOST:PORT; the other brokers of the cluster are learned from "
     "them."},
    {"topic", SettingType::kText, "saker.alerts",
     "Topic; may hold {host}, {rule}, {source} and {priority}, as in saker.{priority}."},
    {"key", SettingType::kText, "host",
     "Key, which decides on the partition, within which alerts keep their order: host, rule, "
     "source, priority, container, a field of the rules' outputs, or several in braces, as in "
     "{host}/{proc.name}. Empty: none."},
    {"compression", SettingType::kText, "lz4", "How batches are compressed.",
     "none|gzip|snappy|lz4|zstd"},
    {"client_id", SettingType::kText, "saker",
     "What the brokers' logs and quotas call the sensor."},
    {"max_in_flight", SettingType::kInteger, "5000",
     "Alerts that are sent and not yet acknowledged, at most.", "", 1, 10'000'000},
    {"security.protocol", SettingType::kText, "plaintext",
     "Whether to use TLS (ssl) and to log in (sasl).", "plaintext|ssl|sasl_plaintext|sasl_ssl"},
    {"security.mechanism", SettingType::kText, "SCRAM-SHA-512",
     "How to log in. OAUTHBEARER takes its settings from properties, as in "
     "sasl.oauthbearer.method: oidc.",
     "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512|OAUTHBEARER"},
    {"security.username", SettingType::kText, "", "User to log in as."},
    {.name = "security.password",
     .type = SettingType::kText,
     .doc = "Its password; better ${VARIABLE} or a file.",
     .is_secret = true},
    {"security.password_file", SettingType::kText, "", "File that holds the password."},
    {"tls.ca_file", SettingType::kText, "",
     "Certificates of the authorities that brokers are trusted by (PEM); empty: the system's."},
    {"tls.cert_file", SettingType::kText, "", "Certificate of the sensor (PEM), for mutual TLS."},
    {"tls.key_file", SettingType::kText, "", "Key to the sensor's certificate (PEM)."},
    {.name = "tls.key_password",
     .type = SettingType::kText,
     .doc = "Password of the key.",
     .is_secret = true},
    {"tls.key_password_file", SettingType::kText, "", "File that holds the password of the key."},
    {.name = "properties",
     .type = SettingType::kMap,
     .doc =
         "Any properties of librdkafka, as in linger.ms: 20. They win over all other keys; acks, "
         "enable.idempotence and message.timeout.ms are what keeps alerts from being lost.",
     .is_secret = true},
};

constexpr std::string_view kPrefix = "kafka_output.";

// Settings that become a property as they are. Those for TLS and for the login fail where the
// protocol would leave them without effect.
enum class Needs : uint8_t { kNothing, kTls, kLogin };
struct Direct {
  std::string_view setting;
  std::string_view property;
  std::string_view file;  // the setting that names a file with the value instead
  Needs needs = Needs::kNothing;
};
constexpr Direct kDirect[] = {
    {"compression", "compression.codec", {}, Needs::kNothing},
    {"client_id", "client.id", {}, Needs::kNothing},
    {"security.username", "sasl.username", {}, Needs::kLogin},
    {"security.password", "sasl.password", "security.password_file", Needs::kLogin},
    {"tls.ca_file", "ssl.ca.location", {}, Needs::kTls},
    {"tls.cert_file", "ssl.certificate.location", {}, Needs::kTls},
    {"tls.key_file", "ssl.key.location", {}, Needs::kTls},
    {"tls.key_password", "ssl.key.password", "tls.key_password_file", Needs::kTls},
};

// What differs from librdkafka's own defaults.
constexpr std::pair<std::string_view, std::string_view> kDefaults[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"},  // it tries for ever: outages are what the spool is for
    {"queue.buffering.max.kbytes", "32768"},
    // How soon a topic is found that was made after alerts for it had failed.
    {"topic.metadata.refresh.interval.ms", "30000"},
    {"statistics.interval.ms", "5000"},
};

std::string full_key(std::string_view setting) { return std::string(kPrefix).append(setting); }

// The value of a setting or what stands in its file; `key` becomes the one that gave it.
Result<std::string> value_of(const SinkSettings& settings, const Direct& direct,
                             std::string_view& key) {
  key = direct.setting;
  const std::string& value = settings.text(direct.setting);
  if (direct.file.empty() || settings.text(direct.file).empty()) {
    return value;
  }
  key = direct.file;
  if (!value.empty()) {
    return Error{full_key(direct.setting) + " and " + full_key(direct.file) + " are both set", 0,
                 "only one can be the password"};
  }
  return read_secret_file(settings.text(direct.file), full_key(direct.file));
}

std::string effective_protocol(const SinkSettings& settings) {
  const auto& properties = settings.map("properties");
  const auto own = properties.find("security.protocol");
  return own != properties.end() ? own->second : settings.text("security.protocol");
}

std::optional<Error> check_effect(Needs needs, std::string_view key, std::string_view protocol) {
  const bool has_effect = needs == Needs::kNothing ||
                          (needs == Needs::kTls && protocol.ends_with("ssl")) ||
                          (needs == Needs::kLogin && protocol.starts_with("sasl"));
  if (has_effect) {
    return {};
  }
  return Error{full_key(key) + " has no effect with security.protocol " + std::string(protocol), 0,
               needs == Needs::kTls ? "nothing would be encrypted: use ssl or sasl_ssl"
                                    : "nobody would log in: use sasl_ssl"};
}

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text += text.empty() ? "" : ",";
    text += item;
  }
  return text;
}

}  // namespace

std::span<const SettingDef> kafka_settings() { return kSettings; }

Result<std::vector<KafkaProperty>> kafka_properties(const SinkSettings& settings) {
  std::vector<KafkaProperty> properties;
  const auto add = [&](std::string_view name, std::string value, std::string_view setting) {
    properties.push_back({std::string(name), std::move(value), full_key(setting)});
  };
  for (const auto& [name, value] : kDefaults) {
    add(name, std::string(value), name);
  }
  add("queue.buffering.max.messages", settings.text("max_in_flight"), "max_in_flight");
  add("security.protocol", settings.text("security.protocol"), "security.protocol");
  if (!settings.list("brokers").empty()) {
    add("bootstrap.servers", join(settings.list("brokers")), "brokers");
  }
  const std::string protocol = effective_protocol(settings);
  if (protocol.starts_with("sasl")) {
    add("sasl.mechanism", settings.text("security.mechanism"), "security.mechanism");
  }
  for (const Direct& direct : kDirect) {
    std::string_view key;
    Result<std::string> value = value_of(settings, direct, key);
    if (!value) {
      return std::move(value).error();
    }
    if (value->empty()) {
      continue;
    }
    if (std::optional<Error> error = check_effect(direct.needs, key, protocol)) {
      return *error;
    }
    if (direct.property.ends_with(".location")) {
      if (std::optional<Error> error = find_unreadable(*value, full_key(key))) {
        return *error;
      }
    }
    add(direct.property, std::move(*value), key);
  }
  for (const auto& [name, value] : settings.map("properties")) {
    add(name, value, "properties." + name);
  }
  return properties;
}

}  // namespace saker
