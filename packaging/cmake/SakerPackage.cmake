# SPDX-License-Identifier: Apache-2.0
# The target `packages` makes a .deb of what is installed, and an .rpm where rpmbuild is found.
# Dependencies are found in the libraries of this system: a package is for the distribution that it
# was built on.

set(CPACK_PACKAGE_CONTACT "Saker maintainers <saker@localhost>")
set(CPACK_PACKAGE_VENDOR "Saker")
set(CPACK_PACKAGE_DESCRIPTION
"BPF programs in the kernel see what processes do; rules in YAML say what is
suspicious; each match becomes an alert. The rules are written in the language
of Falco, and its rule files load unchanged.")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(deb "${CMAKE_SOURCE_DIR}/packaging/deb")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${deb}/conffiles;${deb}/postinst;${deb}/prerm;${deb}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(rpm "${CMAKE_SOURCE_DIR}/packaging/rpm")
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_RPM_PACKAGE_GROUP System)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_PACKAGE_LICENSE "Apache-2.0 AND (GPL-2.0-only OR BSD-2-Clause)")
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE "${rpm}/post")
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE "${rpm}/preun")
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE "${rpm}/postun")
set(CPACK_RPM_USER_FILELIST "%config(noreplace) ${saker_etc}/saker.yaml")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /usr/lib/systemd /usr/lib/systemd/system /usr/share/man /usr/share/man/man1
    /usr/share/bash-completion /usr/share/bash-completion/completions
    /usr/share/zsh /usr/share/zsh/vendor-completions
    /usr/share/fish /usr/share/fish/vendor_completions.d)

find_program(RPMBUILD rpmbuild)
set(CPACK_GENERATOR DEB)
if(RPMBUILD)
  list(APPEND CPACK_GENERATOR RPM)
endif()
include(CPack)
add_custom_target(packages
  COMMAND ${CMAKE_CPACK_COMMAND} -B "${CMAKE_BINARY_DIR}/packages"
  WORKING_DIRECTORY "${CMAKE_BINARY_DIR}" VERBATIM USES_TERMINAL)
add_dependencies(packages saker saker_files)
