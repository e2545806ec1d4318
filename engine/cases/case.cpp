// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case.h"

#include <filesystem>

namespace saker {

std::string CaseImage::executable() const { return path.empty() ? "/usr/bin/" + name : path; }

std::string CaseImage::comm() const {
  return (name.empty() ? path.substr(path.rfind('/') + 1) : name).substr(0, EV_COMM_SIZE - 1);
}

std::string CaseImage::argv0() const { return exe.empty() ? executable() : exe; }

std::string path_in_case(const Case& test_case, const std::string& path) {
  return (std::filesystem::path(test_case.source->name()).parent_path() / path).string();
}

}  // namespace saker
