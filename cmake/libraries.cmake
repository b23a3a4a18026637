# Libraries that are not ours: where each comes from is in docs/dependencies.md.
find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost REQUIRED COMPONENTS json)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(CMARK REQUIRED IMPORTED_TARGET libcmark)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)

find_library(SOCI_CORE NAMES soci_core REQUIRED)
find_library(SOCI_SQLITE NAMES soci_sqlite3 REQUIRED)
find_path(SOCI_INCLUDE soci/soci.h REQUIRED)
add_library(soci INTERFACE)
target_include_directories(soci SYSTEM INTERFACE ${SOCI_INCLUDE})
target_link_libraries(soci INTERFACE ${SOCI_SQLITE} ${SOCI_CORE} PkgConfig::SQLITE)

find_library(XLSXWRITER NAMES xlsxwriter REQUIRED)
find_path(XLSXWRITER_INCLUDE xlsxwriter.h REQUIRED)
add_library(xlsxwriter INTERFACE)
target_include_directories(xlsxwriter SYSTEM INTERFACE ${XLSXWRITER_INCLUDE})
target_link_libraries(xlsxwriter INTERFACE ${XLSXWRITER})

# DuckDB: the library as npm publishes it (./dev installs it by the lock file); its C header is kept here.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(ZS_DUCKDB_PACKAGE node-bindings-linux-arm64)
else()
    set(ZS_DUCKDB_PACKAGE node-bindings-linux-x64)
endif()
set(ZS_DUCKDB_LIBRARY ${CMAKE_SOURCE_DIR}/third_party/npm/node_modules/@duckdb/${ZS_DUCKDB_PACKAGE}/libduckdb.so)
if(NOT EXISTS ${ZS_DUCKDB_LIBRARY})
    message(FATAL_ERROR "DuckDB is not installed: run ./dev build, which installs it (npm ci in third_party/npm)")
endif()
# A copy in the build tree, so that the built program does not reach into third_party.
file(COPY_FILE ${ZS_DUCKDB_LIBRARY} ${CMAKE_BINARY_DIR}/libduckdb.so ONLY_IF_DIFFERENT)
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
    IMPORTED_LOCATION ${CMAKE_BINARY_DIR}/libduckdb.so
    INTERFACE_INCLUDE_DIRECTORIES ${CMAKE_SOURCE_DIR}/third_party/duckdb
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${CMAKE_SOURCE_DIR}/third_party/duckdb)
set(CMAKE_BUILD_RPATH "$ORIGIN")
