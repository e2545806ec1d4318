// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/enforcement_hooks.h"

#include <algorithm>
#include <iterator>

namespace saker::filter {
namespace {

using Name = std::string_view;

constexpr Name kProcessFields[] = {"proc.name",    "proc.pname", "proc.exepath", "user.uid",
                                   "container.id", "evt.type",   "evt.res",      "evt.rawres"};

constexpr Name kOpens[] = {"open", "openat", "openat2"};
constexpr Name kOtherOpens[] = {"creat", "open_by_handle_at"};
constexpr Name kExecs[] = {"execve", "execveat"};
constexpr Name kMappings[] = {"mmap"};
constexpr Name kProtections[] = {"mprotect"};
constexpr Name kOtherProtections[] = {"pkey_mprotect"};
constexpr Name kNodes[] = {"mknod", "mknodat"};
constexpr Name kDirectories[] = {"mkdir", "mkdirat"};
constexpr Name kUnlinks[] = {"unlink", "unlinkat"};
constexpr Name kRmdirs[] = {"rmdir", "unlinkat"};
constexpr Name kRenames[] = {"rename", "renameat", "renameat2"};
constexpr Name kLinks[] = {"link", "linkat"};
constexpr Name kSymlinks[] = {"symlink", "symlinkat"};
constexpr Name kModes[] = {"chmod", "fchmod", "fchmodat"};
constexpr Name kOtherModes[] = {"fchmodat2"};
constexpr Name kOwners[] = {"chown", "fchown", "lchown", "fchownat"};
constexpr Name kTruncations[] = {"truncate"};
constexpr Name kMounts[] = {"mount"};
constexpr Name kMoves[] = {"move_mount"};
constexpr Name kUmounts[] = {"umount2"};
constexpr Name kOtherUmounts[] = {"umount"};
constexpr Name kSockets[] = {"socket"};
constexpr Name kSocketPairs[] = {"socketpair"};
constexpr Name kBinds[] = {"bind"};
constexpr Name kConnects[] = {"connect"};
constexpr Name kSends[] = {"sendto", "sendmsg", "sendmmsg"};
constexpr Name kListens[] = {"listen"};
constexpr Name kTraces[] = {"ptrace"};
constexpr Name kOtherTraces[] = {"process_vm_readv", "process_vm_writev", "pidfd_getfd"};
constexpr Name kForks[] = {"clone", "clone3", "fork", "vfork"};
constexpr Name kSignals[] = {"kill", "tkill", "tgkill"};
constexpr Name kOtherSignals[] = {"rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"};
constexpr Name kUserIds[] = {"setuid", "setreuid", "setresuid"};
constexpr Name kOtherUserIds[] = {"setfsuid"};
constexpr Name kCapabilityUses[] = {"capable"};
constexpr Name kModuleRequests[] = {"kernel_module_request"};
constexpr Name kModuleFiles[] = {"finit_module"};
constexpr Name kModuleImages[] = {"init_module"};
constexpr Name kBpfs[] = {"bpf"};
constexpr Name kRings[] = {"io_uring_setup"};
constexpr Name kNamespaces[] = {"unshare"};
constexpr Name kOtherNamespaces[] = {"clone", "clone3"};

constexpr HookField kOpenFields[] = {{"fd.name", EV_DIM_PATH},
                                     {"fs.path.name", EV_DIM_PATH},
                                     {"evt.is_open_read", EV_DIM_INTENT},
                                     {"evt.is_open_write", EV_DIM_INTENT},
                                     {"evt.is_open_create", EV_DIM_INTENT},
                                     {"evt.is_open_exec", EV_DIM_INTENT},
                                     {"fd.type", EV_DIM_FILE_KIND},
                                     {"fd.typechar", EV_DIM_FILE_KIND},
                                     {"fd.num", EV_DIM_RESULT}};
constexpr HookField kExecFields[] = {{"proc.exepath", EV_DIM_PATH},
                                     {"proc.is_exe_from_memfd", EV_DIM_TRAITS},
                                     {"proc.is_exe_upper_layer", EV_DIM_TRAITS}};
constexpr HookField kMappingFields[] = {{"fd.name", EV_DIM_PATH}, {"fd.num", EV_DIM_RESULT}};
constexpr HookField kFileFields[] = {{"fd.name", EV_DIM_PATH}};
constexpr HookField kNodeFields[] = {{"fs.path.name", EV_DIM_PATH},
                                     {"evt.arg.mode", EV_DIM_FILE_KIND}};
constexpr HookField kModeFields[] = {{"fs.path.name", EV_DIM_PATH},
                                     {"evt.arg.mode", EV_DIM_NUMBER}};
constexpr HookField kPathFields[] = {{"fs.path.name", EV_DIM_PATH}};
constexpr HookField kRenameFields[] = {{"fs.path.source", EV_DIM_PATH},
                                       {"fs.path.target", EV_DIM_TARGET}};
// The reference calls what a link points to its target.
constexpr HookField kLinkFields[] = {{"fs.path.source", EV_DIM_TARGET},
                                     {"fs.path.target", EV_DIM_PATH}};
constexpr HookField kSymlinkFields[] = {{"fs.path.source", EV_DIM_TARGET}};
constexpr HookField kMountFields[] = {{"fs.path.target", EV_DIM_PATH}};
constexpr HookField kSocketFields[] = {{"evt.arg.domain", EV_DIM_NUMBER},
                                       {"fd.num", EV_DIM_RESULT}};
constexpr HookField kLocalFields[] = {
    {"fd.lip", EV_DIM_ADDRESS},  {"fd.lnet", EV_DIM_ADDRESS},     {"fd.lport", EV_DIM_NUMBER},
    {"fd.sip", EV_DIM_ADDRESS},  {"fd.snet", EV_DIM_ADDRESS},     {"fd.sport", EV_DIM_NUMBER},
    {"fd.type", EV_DIM_ADDRESS}, {"fd.typechar", EV_DIM_ADDRESS}, {"fd.num", EV_DIM_RESULT},
};
constexpr HookField kRemoteFields[] = {
    {"fd.rip", EV_DIM_ADDRESS},  {"fd.rnet", EV_DIM_ADDRESS},     {"fd.rport", EV_DIM_NUMBER},
    {"fd.sip", EV_DIM_ADDRESS},  {"fd.snet", EV_DIM_ADDRESS},     {"fd.sport", EV_DIM_NUMBER},
    {"fd.type", EV_DIM_ADDRESS}, {"fd.typechar", EV_DIM_ADDRESS}, {"fd.num", EV_DIM_RESULT},
};
constexpr HookField kSignalFields[] = {{"evt.arg.sig", EV_DIM_NUMBER}};
constexpr HookField kCapabilityFields[] = {{"evt.arg.cap", EV_DIM_NUMBER}};
constexpr HookField kBpfFields[] = {{"evt.arg.cmd", EV_DIM_NUMBER}};

constexpr Name kExecutable[] = {"PROT_EXEC"};
constexpr HookLimit kExecutableOnly{"evt.arg.prot", kExecutable, true, "executable mappings",
                                    "evt.arg.prot contains PROT_EXEC"};
constexpr Name kIpLetters[] = {"4", "6"};
constexpr HookLimit kIpOnly{"fd.typechar", kIpLetters, false, "IPv4 and IPv6 addresses",
                            "fd.typechar in (4, 6)"};
constexpr Name kAttachments[] = {"PTRACE_ATTACH", "PTRACE_SEIZE"};
constexpr HookLimit kAttachingOnly{"evt.arg.request", kAttachments, false, "attaching",
                                   "evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)"};
constexpr Name kPolling[] = {"IORING_SETUP_SQPOLL"};
constexpr HookLimit kPollingOnly{"evt.arg.flags", kPolling, true, "rings with a kernel thread",
                                 "evt.arg.flags contains IORING_SETUP_SQPOLL"};
constexpr Name kNewUser[] = {"CLONE_NEWUSER"};
constexpr HookLimit kNewUserOnly{"evt.arg.flags", kNewUser, true, "new user namespaces",
                                 "evt.arg.flags contains CLONE_NEWUSER"};

constexpr EnforcementHook kHooks[] = {
    {EV_HOOK_FILE_OPEN, "file_open", kOpens, kOtherOpens, kOpenFields, nullptr,
     "A file is opened, but not with O_PATH. One that open, openat or creat would make is not "
     "made. "
     "Another way to open can leave it behind, empty."},
    {EV_HOOK_BPRM_CHECK,
     "bprm_check_security",
     kExecs,
     {},
     kExecFields,
     nullptr,
     "A file is executed. proc.exepath and proc.name are what they are going to be, the user is "
     "who executes it. Of a script, the script and then its interpreter are asked about."},
    {EV_HOOK_MMAP_FILE,
     "mmap_file",
     kMappings,
     {},
     kMappingFields,
     &kExecutableOnly,
     "A file is mapped to be executed, also by the dynamic linker."},
    {EV_HOOK_FILE_MPROTECT, "file_mprotect", kProtections, kOtherProtections, kFileFields,
     &kExecutableOnly, "Memory becomes executable; fd.name is the file that is mapped there."},
    {EV_HOOK_PATH_MKNOD,
     "path_mknod",
     kNodes,
     {},
     kNodeFields,
     nullptr,
     "A device, pipe or socket is made. Regular files are made by opens, too: say that they are "
     "not meant.",
     RegularFiles::kNotTold},
    {EV_HOOK_PATH_MKDIR,
     "path_mkdir",
     kDirectories,
     {},
     kPathFields,
     nullptr,
     "A directory is made."},
    {EV_HOOK_PATH_UNLINK,
     "path_unlink",
     kUnlinks,
     {},
     kPathFields,
     nullptr,
     "A name of a file is removed."},
    {EV_HOOK_PATH_RMDIR,
     "path_rmdir",
     kRmdirs,
     {},
     kPathFields,
     nullptr,
     "A directory is removed."},
    {EV_HOOK_PATH_RENAME,
     "path_rename",
     kRenames,
     {},
     kRenameFields,
     nullptr,
     "A name is changed. An exchange is asked about in both directions."},
    {EV_HOOK_PATH_LINK,
     "path_link",
     kLinks,
     {},
     kLinkFields,
     nullptr,
     "A file gets a further name, fs.path.source; fs.path.target is the one it has."},
    {EV_HOOK_PATH_SYMLINK,
     "path_symlink",
     kSymlinks,
     {},
     kSymlinkFields,
     nullptr,
     "A symbolic link is made; fs.path.source is where."},
    {EV_HOOK_PATH_CHMOD, "path_chmod", kModes, kOtherModes, kModeFields, nullptr,
     "The mode of a file is changed."},
    {EV_HOOK_PATH_CHOWN,
     "path_chown",
     kOwners,
     {},
     kPathFields,
     nullptr,
     "The owner or group of a file is changed."},
    {EV_HOOK_PATH_TRUNCATE,
     "path_truncate",
     kTruncations,
     {},
     {},
     nullptr,
     "A file is cut by name; before Linux 6.2 also by its descriptor and by opens with O_TRUNC."},
    {EV_HOOK_SB_MOUNT,
     "sb_mount",
     kMounts,
     {},
     kMountFields,
     nullptr,
     "Something is mounted, or a mount is changed; fs.path.target is where."},
    {EV_HOOK_MOVE_MOUNT, "move_mount", kMoves, {}, {}, nullptr, "A mount is moved or attached."},
    {EV_HOOK_SB_UMOUNT, "sb_umount", kUmounts, kOtherUmounts, kPathFields, nullptr,
     "A mount is taken away."},
    {EV_HOOK_SOCKET_CREATE, "socket_create", kSockets, kSocketPairs, kSocketFields, nullptr,
     "A socket is made."},
    {EV_HOOK_SOCKET_BIND,
     "socket_bind",
     kBinds,
     {},
     kLocalFields,
     &kIpOnly,
     "A socket gets a local address."},
    {EV_HOOK_SOCKET_CONNECT, "socket_connect", kConnects, kSends, kRemoteFields, &kIpOnly,
     "A socket is connected, or something is sent to an address that is given with it."},
    {EV_HOOK_SOCKET_LISTEN,
     "socket_listen",
     kListens,
     {},
     kLocalFields,
     &kIpOnly,
     "A socket starts to accept connections."},
    {EV_HOOK_PTRACE_ACCESS,
     "ptrace_access_check",
     kTraces,
     kOtherTraces,
     {},
     &kAttachingOnly,
     "A process takes control of another, or of its memory."},
    {EV_HOOK_TASK_ALLOC, "task_alloc", kForks, {}, {}, nullptr, "A process or thread is made."},
    {EV_HOOK_TASK_KILL, "task_kill", kSignals, kOtherSignals, kSignalFields, nullptr,
     "A process sends a signal; signal 0, which only asks for the process, is not decided about."},
    {EV_HOOK_TASK_SETUID,
     "task_fix_setuid",
     kUserIds,
     kOtherUserIds,
     {},
     nullptr,
     "A process changes its user ids; user.uid is what it was."},
    {EV_HOOK_CAPABLE,
     "capable",
     kCapabilityUses,
     {},
     kCapabilityFields,
     nullptr,
     "A process makes use of a capability that it has. Where the kernel only looks how generous it "
     "may be, a refusal is counted and not reported."},
    {EV_HOOK_MODULE_REQUEST,
     "kernel_module_request",
     kModuleRequests,
     {},
     {},
     nullptr,
     "The kernel is about to have a module loaded, because of what a process asks for: a protocol, "
     "a file system, a device. The call goes on without it."},
    {EV_HOOK_KERNEL_READ_FILE,
     "kernel_read_file",
     kModuleFiles,
     {},
     kMappingFields,
     nullptr,
     "A kernel module is loaded from a file."},
    {EV_HOOK_KERNEL_LOAD_DATA,
     "kernel_load_data",
     kModuleImages,
     {},
     {},
     nullptr,
     "A kernel module is loaded from memory."},
    {EV_HOOK_BPF, "bpf", kBpfs, {}, kBpfFields, nullptr, "bpf(2) is called."},
    {EV_HOOK_URING_SQPOLL,
     "uring_sqpoll",
     kRings,
     {},
     {},
     &kPollingOnly,
     "A ring is made that a thread of the kernel serves."},
    {EV_HOOK_USERNS_CREATE,
     "userns_create",
     kNamespaces,
     kOtherNamespaces,
     {},
     &kNewUserOnly,
     "A user namespace is made."},
};
static_assert(std::size(kHooks) == EV_HOOKS);

constexpr bool is_in_order() {
  for (size_t i = 0; i < std::size(kHooks); ++i) {
    if (kHooks[i].hook != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::optional<ev_dimension> EnforcementHook::dimension_of(std::string_view field) const noexcept {
  const auto found = std::ranges::find(fields, field, &HookField::name);
  return found != fields.end() ? std::optional(found->dimension) : std::nullopt;
}

bool EnforcementHook::sees_any(const EventSet& some, const EventCatalog& catalog) const {
  return std::ranges::any_of(
      events, [&](std::string_view event) { return (catalog.find(event) & some).any(); });
}

std::span<const EnforcementHook> enforcement_hooks() noexcept { return kHooks; }

std::span<const std::string_view> fields_of_all_hooks() noexcept { return kProcessFields; }

}  // namespace saker::filter
