// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_metadata.h"

#include <gtest/gtest.h>

#include <string>

namespace saker {
namespace {

TEST(ImageReference, IsSplitIntoItsParts) {
  struct Case {
    std::string_view image;
    std::string_view repository;
    std::string_view tag;
    std::string_view digest;
  };
  constexpr Case kCases[] = {
      {"", "", "", ""},
      {"nginx", "nginx", "latest", ""},
      {"nginx:1.25", "nginx", "1.25", ""},
      {"docker.io/library/nginx:1.25", "docker.io/library/nginx", "1.25", ""},
      {"host:5000/team/img", "host:5000/team/img", "latest", ""},
      {"host:5000/team/img:tag", "host:5000/team/img", "tag", ""},
      {"host:5000/img:tag@sha256:abc", "host:5000/img", "tag", "sha256:abc"},
      {"host:5000/img@sha256:abc", "host:5000/img", "", "sha256:abc"},
      {"[::1]:5000/img:tag", "[::1]:5000/img", "tag", ""},
      {"sha256:0123", "", "", ""},
      {"@", "", "", ""},
      {":", "", "latest", ""},
      {"a:", "a", "latest", ""},
  };
  for (const Case& c : kCases) {
    const ImageReference reference = split_image_reference(c.image);
    EXPECT_EQ(reference.repository, c.repository) << c.image;
    EXPECT_EQ(reference.digest, c.digest) << c.image;
    if (!c.repository.empty()) {
      EXPECT_EQ(reference.tag, c.tag) << c.image;
    }
  }
}

ContainerMetadata example() {
  ContainerMetadata metadata;
  metadata.name = "web";
  metadata.image = "registry:5000/team/web:1.2";
  metadata.image_id = "sha256:50dccba9";
  metadata.ip = "10.1.2.3";
  metadata.cni_json = R"({"ips":[]})";
  metadata.pod_sandbox_id = "5a4e";
  metadata.pod_ip = "10.1.2.3";
  metadata.privileged = true;
  metadata.host_network = false;
  metadata.labels = {{"b", "2"}, {"io.kubernetes.pod.name", "web-0"}, {"a", ""}, {"b", "3"}};
  metadata.pod_labels = {{"app", "web"}, {"annotation.x", "y"}};
  metadata.mounts.push_back({"/srv", "/data", "ro", "rprivate", false, ""});
  metadata.mounts.push_back({"/etc/hosts", "/etc/hosts", "", "", true, ""});
  return metadata;
}

TEST(ContainerMetadata, CompletesWhatFollowsFromTheRest) {
  ContainerMetadata metadata = example();
  metadata.complete();
  EXPECT_EQ(metadata.image_repository, "registry:5000/team/web");
  EXPECT_EQ(metadata.image_tag, "1.2");
  EXPECT_EQ(metadata.image_digest, "");
  EXPECT_EQ(metadata.image_id, "50dccba9");
  EXPECT_EQ(metadata.labels_text, "a, b:2");
  EXPECT_EQ(metadata.pod_labels_text, "app:web");
  EXPECT_EQ(metadata.mounts_text, "/srv:/data:ro:false:rprivate,/etc/hosts:/etc/hosts::true:");
  ASSERT_NE(find_label(metadata.labels, "io.kubernetes.pod.name"), nullptr);
  EXPECT_EQ(*find_label(metadata.labels, "io.kubernetes.pod.name"), "web-0");
  EXPECT_EQ(*find_label(metadata.labels, "b"), "2");
  EXPECT_EQ(find_label(metadata.labels, "c"), nullptr);
  EXPECT_EQ(find_label({}, "c"), nullptr);
}

TEST(ContainerMetadata, BoundsWhatRuntimesTell) {
  ContainerMetadata metadata;
  metadata.name = std::string("a\0b", 3);
  metadata.image = std::string(100'000, 'i');
  for (int i = 0; i < 1000; ++i) {
    metadata.labels.emplace_back("key" + std::to_string(i), "value");
    metadata.pod_labels.emplace_back("key" + std::to_string(i), std::string(10'000, 'v'));
    metadata.mounts.push_back({std::string(10'000, 's'), "/d", "", "", true, ""});
  }
  metadata.complete();
  EXPECT_EQ(metadata.name, "a");
  EXPECT_EQ(metadata.image.size(), ContainerMetadata::kMaxTextBytes);
  EXPECT_EQ(metadata.labels.size(), ContainerMetadata::kMaxLabels);
  EXPECT_EQ(metadata.pod_labels.size(), 7U);
  EXPECT_EQ(metadata.mounts.size(), 7U);
  EXPECT_LE(metadata.mounts_text.size(), ContainerMetadata::kMaxListBytes);
}

TEST(ContainerMetadata, IsTheSameAfterItsWireForm) {
  ContainerMetadata metadata = example();
  metadata.complete();
  const std::string bytes = encode(metadata);
  const ContainerMetadata again = decode_container_metadata(bytes);
  EXPECT_EQ(encode(again), bytes);
  EXPECT_EQ(again.image_repository, metadata.image_repository);
  EXPECT_EQ(again.privileged, true);
  EXPECT_EQ(again.host_network, false);
  EXPECT_FALSE(again.host_ipc.has_value());
  EXPECT_EQ(again.labels, metadata.labels);
  EXPECT_EQ(again.pod_labels, metadata.pod_labels);
  EXPECT_EQ(again.mounts_text, metadata.mounts_text);
}

TEST(ContainerMetadata, DecodesAnyBytes) {
  ContainerMetadata metadata = example();
  metadata.complete();
  const std::string bytes = encode(metadata);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const ContainerMetadata cut =
        decode_container_metadata(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(cut.name.empty() || cut.name == "web");
  }
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(decode_container_metadata("future\0x\0name\0web\0"sv).name, "web");
  EXPECT_TRUE(decode_container_metadata("label_value\0x\0mount_mode\0ro\0"sv).mounts.empty());
}

}  // namespace
}  // namespace saker
