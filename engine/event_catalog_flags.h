// SPDX-License-Identifier: Apache-2.0
// Names and numbers of flags and enumerations as rules see them, and the translation of native
// numbers to them. Names and numbers are those of the compatibility reference; they are the same on
// every architecture, the native ones are not. Private to the event_catalog_<domain>.cpp files.
#ifndef SAKER_ENGINE_EVENT_CATALOG_FLAGS_H
#define SAKER_ENGINE_EVENT_CATALOG_FLAGS_H

#include <cstdint>

#include "engine/event_catalog.h"

namespace saker::rows {

extern const FlagName kOpenFlags[19];
extern const FlagName kSocketDomains[40];
extern const FlagName kShutdownHows[4];
extern const FlagName kSocketLevels[3];
extern const FlagName kSocketOptions[54];
extern const FlagName kCreatFlags[2];
extern const FlagName kFutexOps[15];
extern const FlagName kSeekOrigins[3];
extern const FlagName kLimits[17];
extern const FlagName kFcntlCommands[28];
extern const FlagName kMemoryProtections[8];
extern const FlagName kMapFlags[15];
extern const FlagName kSpliceFlags[4];
extern const FlagName kPtraceRequests[39];
extern const FlagName kQuotaInfoFlags[2];
extern const FlagName kQuotaFormats[4];
extern const FlagName kQuotaCommands[15];
extern const FlagName kQuotaTypes[2];
extern const FlagName kCloneFlags[27];
extern const FlagName kLockOperations[5];
extern const FlagName kSemaphoreFlags[2];
extern const FlagName kSemctlCommands[13];
extern const FlagName kMountFlags[28];
extern const FlagName kSemgetFlags[2];
extern const FlagName kAccessModes[4];
extern const FlagName kExecFlags[4];
extern const FlagName kUnlinkatFlags[1];
extern const FlagName kLinkatFlags[2];
extern const FlagName kFileModes[12];
extern const FlagName kNodeModes[17];
extern const FlagName kRenameFlags[3];
extern const FlagName kResolveFlags[6];
extern const FlagName kUringSetupFlags[8];
extern const FlagName kUringFeatures[11];
extern const FlagName kUringEnterFlags[4];
extern const FlagName kUringOpcodes[22];
extern const FlagName kMlockallFlags[3];
extern const FlagName kBpfCommands[37];
extern const FlagName kMlock2Flags[1];
extern const FlagName kFsconfigCommands[8];
extern const FlagName kEpollFlags[1];
extern const FlagName kChownatFlags[2];
extern const FlagName kUmountFlags[4];
extern const FlagName kPrctlOptions[23];
extern const FlagName kMemfdFlags[3];
extern const FlagName kPidfdFlags[1];
extern const FlagName kModuleInitFlags[3];
extern const FlagName kStatatFlags[3];
extern const FlagName kModuleDeleteFlags[2];
extern const FlagName kCloseRangeFlags[2];
extern const FlagName kKeyctlOperations[33];
extern const FlagName kPageFaultErrors[8];

// Native number -> the number of the table above that the name says.
uint64_t open_flags(uint64_t native);         // kOpenFlags, with the access mode
uint64_t descriptor_flags(uint64_t native);   // kOpenFlags of calls without an access mode
uint64_t inode_flags(const ev_inode& inode);  // kOpenFlags: created, overlay layer
uint64_t clone_flags(uint64_t native);
uint64_t map_flags(uint64_t native);
uint64_t memory_protection(uint64_t native);
uint64_t resolve_flags(uint64_t native);
uint64_t uring_setup_flags(uint64_t native);
uint64_t chownat_flags(uint64_t native);
uint64_t epoll_flags(uint64_t native);
uint64_t pidfd_flags(uint64_t native);
uint64_t module_delete_flags(uint64_t native);
uint64_t semget_flags(uint64_t native);
uint64_t semaphore_flags(uint64_t native);
uint64_t ptrace_request(uint64_t native);
uint64_t fcntl_command(uint64_t native);
uint64_t socket_level(uint64_t native);
uint64_t socket_option(uint64_t native);
uint64_t limit_resource(uint64_t native);
uint64_t semctl_command(uint64_t native);
uint64_t quota_command(uint64_t native);
uint64_t quota_type(uint64_t native);
uint64_t quota_format(uint64_t native);
uint64_t shutdown_how(uint64_t native);

}  // namespace saker::rows

#endif  // SAKER_ENGINE_EVENT_CATALOG_FLAGS_H
