// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/program.h"

#include "engine/lang/predicate.h"

namespace saker::lang {

// Here, where Predicate is complete.
Program::Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

}  // namespace saker::lang
