# SPDX-License-Identifier: Apache-2.0
# saker_options: what every target is compiled with. Warnings are errors in all presets.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(SAKER_TIDY)
  find_program(CLANG_TIDY NAMES clang-tidy-19 REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY} --quiet)
endif()

add_library(saker_options INTERFACE)
target_compile_features(saker_options INTERFACE cxx_std_20)
target_include_directories(saker_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(saker_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast> -Werror -fno-omit-frame-pointer)
target_compile_options(saker_options INTERFACE
  $<$<CONFIG:Release>:-O2 -g1 -fstack-protector-strong -fstack-clash-protection -fcf-protection>)
target_compile_definitions(saker_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
# g++ 12 takes the inactive members of a moved std::variant for uninitialised reads.
target_compile_options(saker_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# clang counts changes of sign to -Wconversion, and warns inside of libstdc++'s own headers.
target_compile_options(saker_options INTERFACE
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion;-Wno-deprecated-declarations>)
target_link_options(saker_options INTERFACE
  $<$<CONFIG:Release>:-Wl,-z,relro,-z,now> -Wl,--as-needed)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

if(SAKER_SANITIZE)
  target_compile_options(saker_options INTERFACE
    -fsanitize=${SAKER_SANITIZE} -fno-sanitize-recover=all -O1)
  target_link_options(saker_options INTERFACE -fsanitize=${SAKER_SANITIZE})
endif()
if(SAKER_FUZZ)
  target_compile_options(saker_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# saker_add_headers(target folder [EXCEPT prefix]): the headers below the folder belong to the target.
# The target all_verify_interface_header_sets compiles each of them alone.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
function(saker_add_headers target folder)
  cmake_parse_arguments(arg "" "EXCEPT" "" ${ARGN})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.h")
  if(arg_EXCEPT)
    list(FILTER headers EXCLUDE REGEX "^${CMAKE_SOURCE_DIR}/${arg_EXCEPT}")
  endif()
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}"
                 FILES ${headers})
endfunction()
