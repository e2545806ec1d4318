# SPDX-License-Identifier: Apache-2.0
# saker_add_bpf(TARGET NAME name sources...): compiles each *.bpf.c with clang, links them into one
# object, strips the DWARF (keeping BTF) and generates <name>.skel.h, which TARGET may include.
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
       "${CMAKE_SOURCE_DIR}/probes/wire.h")
  set(objects)
  foreach(source ${arg_UNPARSED_ARGUMENTS})
    get_filename_component(stem "${source}" NAME_WE)
    set(object "${out}/${stem}.bpf.o")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND ${BPF_CLANG} -g -O2 -std=gnu11 -target bpf -mcpu=v3 -D__TARGET_ARCH_${bpf_arch}
              -Wall -Wextra -Wpadded -Werror -Wno-unused-parameter
              -I "${CMAKE_SOURCE_DIR}" -I "/usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu"
              -c "${source}" -o "${object}"
      COMMAND ${BPF_STRIP} -g "${object}"
      DEPENDS "${source}" ${headers}
      COMMENT "BPF object ${stem}" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  set(linked "${out}/${arg_NAME}.o")
  set(skeleton "${out}/${arg_NAME}.skel.h")
  add_custom_command(
    OUTPUT "${skeleton}"
    COMMAND ${BPFTOOL} gen object "${linked}" ${objects}
    COMMAND ${BPF_STRIP} -g "${linked}"
    COMMAND ${BPFTOOL} gen skeleton "${linked}" name ${arg_NAME}_bpf > "${skeleton}"
    DEPENDS ${objects}
    COMMENT "BPF skeleton ${arg_NAME}" VERBATIM)
  add_custom_target(${target}_skeleton DEPENDS "${skeleton}")
  add_dependencies(${target} ${target}_skeleton)
  target_include_directories(${target} SYSTEM PRIVATE "${out}")
endfunction()
