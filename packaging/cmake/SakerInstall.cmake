# SPDX-License-Identifier: Apache-2.0
# What is installed, and where: the layout of all packages and of `cmake --install`. The program
# looks for its rules below CMAKE_INSTALL_PREFIX and for everything else at fixed places.
set(saker_units "lib/systemd/system")  # also on distributions with another LIBDIR
set(saker_etc "/etc/saker")

install(TARGETS saker RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY rules/ DESTINATION ${CMAKE_INSTALL_DATADIR}/saker/rules
        FILES_MATCHING PATTERN "*.yaml" PATTERN examples EXCLUDE)
install(DIRECTORY rules/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/saker)
install(DIRECTORY outputs/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/saker)
install(FILES rules/README.md rules/FIELDS.md rules/EVENTS.md rules/HOOKS.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/rules)
install(FILES outputs/README.md outputs/METRICS.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/outputs)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/packaging)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES packaging/systemd/saker.service DESTINATION ${saker_units})

# saker_make_file(name destination arguments...): installs what the program prints, as a file NAME.
add_custom_target(saker_files ALL)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/files")
function(saker_make_file name destination)
  set(file "${CMAKE_BINARY_DIR}/files/${name}")
  add_custom_command(OUTPUT "${file}" COMMAND saker ${ARGN} > "${file}" DEPENDS saker VERBATIM)
  add_custom_target(saker_file_${name} DEPENDS "${file}")
  add_dependencies(saker_files saker_file_${name})
  install(FILES "${file}" DESTINATION ${destination})
endfunction()
saker_make_file(saker.yaml ${saker_etc} config default)
saker_make_file(config.schema.json ${CMAKE_INSTALL_DATADIR}/saker/schemas config schema)
saker_make_file(rules.schema.json ${CMAKE_INSTALL_DATADIR}/saker/schemas list schema)
saker_make_file(case.schema.json ${CMAKE_INSTALL_DATADIR}/saker/schemas list case-schema)
saker_make_file(saker.1 ${CMAKE_INSTALL_MANDIR}/man1 generate man)
saker_make_file(saker ${CMAKE_INSTALL_DATADIR}/bash-completion/completions generate bash)
saker_make_file(_saker ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions generate zsh)
saker_make_file(saker.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d generate fish)

# The administrator's own.
install(DIRECTORY DESTINATION ${saker_etc}/config.d)
install(DIRECTORY DESTINATION ${saker_etc}/rules.d)

# Else whatever is installed or packed has all tests built first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
