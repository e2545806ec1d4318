# SPDX-License-Identifier: Apache-2.0
# saker_add_bpf(TARGET NAME name sources...): compiles the *.bpf.c files as one unit with clang, strips
# the DWARF (keeping BTF) and generates <name>.skel.h, which TARGET may include. One unit, because
# the BPF linker of libbpf 1.1 cannot link objects that use weak kernel functions.
find_program(BPF_CLANG NAMES clang-19 REQUIRED)
find_program(BPF_STRIP NAMES llvm-strip-19 REQUIRED)
find_program(BPFTOOL NAMES bpftool PATHS /usr/sbin REQUIRED)

string(REPLACE "x86_64" "x86" bpf_arch "${CMAKE_SYSTEM_PROCESSOR}")
string(REPLACE "aarch64" "arm64" bpf_arch "${bpf_arch}")

function(saker_add_bpf target)
  cmake_parse_arguments(arg "" "NAME" "" ${ARGN})
  set(out "${CMAKE_BINARY_DIR}/bpf")
  file(MAKE_DIRECTORY "${out}")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/probes/bpf/lib/*.h"
       "${CMAKE_SOURCE_DIR}/probes/*wire.h")
  set(unit "${out}/${arg_NAME}.bpf.c")
  set(object "${out}/${arg_NAME}.bpf.o")
  set(skeleton "${out}/${arg_NAME}.skel.h")
  list(SORT arg_UNPARSED_ARGUMENTS)
  list(TRANSFORM arg_UNPARSED_ARGUMENTS REPLACE "(.+)" "#include \"\\1\"\n" OUTPUT_VARIABLE includes)
  list(JOIN includes "" includes)
  file(CONFIGURE OUTPUT "${unit}" CONTENT "${includes}" @ONLY)
  add_custom_command(
    OUTPUT "${skeleton}"
    COMMAND ${BPF_CLANG} -g -O2 -std=gnu11 -target bpf -mcpu=v3 -D__TARGET_ARCH_${bpf_arch}
            -Wall -Wextra -Wpadded -Werror -Wno-unused-parameter
            -I "${CMAKE_SOURCE_DIR}" -I "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu"
            -c "${unit}" -o "${object}"
    COMMAND ${BPF_STRIP} -g "${object}"
    COMMAND ${BPFTOOL} gen skeleton "${object}" name ${arg_NAME}_bpf > "${skeleton}"
    DEPENDS "${unit}" ${arg_UNPARSED_ARGUMENTS} ${headers}
    COMMENT "BPF skeleton ${arg_NAME}" VERBATIM)
  add_custom_target(${target}_skeleton DEPENDS "${skeleton}")
  add_dependencies(${target} ${target}_skeleton)
  target_include_directories(${target} SYSTEM PRIVATE "${out}")
endfunction()
