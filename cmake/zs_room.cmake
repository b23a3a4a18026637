# The rooms of the house. A room is a static library whose include root holds one link, to itself;
# so `#include "plan/model.h"` compiles only in a room that names `plan`, and only edges that point
# to a room already built (further down) are accepted.
#
#   zs_room(NAME lake SEES engine record USES base LIBS Boost::json)
#
# SEES: rooms that its headers name; passed on to who sees this room.
# USES: rooms that only its sources name; not passed on.
# LIBS: other libraries, linked privately.
# Sources: every *.cpp of the folder; *_test.cpp are its unit tests (one executable NAME_test,
# built with all others by the target unit_tests).
set(ZS_VIEW_ROOT ${CMAKE_BINARY_DIR}/view)

function(zs_room)
    cmake_parse_arguments(ROOM "" "NAME" "SEES;USES;LIBS" ${ARGN})
    foreach(seen IN LISTS ROOM_SEES ROOM_USES)
        if(NOT TARGET zs_${seen})
            message(FATAL_ERROR "room ${ROOM_NAME} names ${seen}, which is not below it; edges point down")
        endif()
    endforeach()

    set(folder ${CMAKE_CURRENT_SOURCE_DIR})
    file(MAKE_DIRECTORY ${ZS_VIEW_ROOT}/${ROOM_NAME})
    file(CREATE_LINK ${folder} ${ZS_VIEW_ROOT}/${ROOM_NAME}/${ROOM_NAME} SYMBOLIC)

    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    file(GLOB headers CONFIGURE_DEPENDS ${folder}/*.h)
    file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cpp)
    list(REMOVE_ITEM sources ${tests} ${folder}/main.cpp)

    add_library(zs_${ROOM_NAME} STATIC ${sources})
    target_sources(zs_${ROOM_NAME} PUBLIC FILE_SET HEADERS
        BASE_DIRS ${ZS_VIEW_ROOT}/${ROOM_NAME} FILES)
    target_include_directories(zs_${ROOM_NAME} PUBLIC ${ZS_VIEW_ROOT}/${ROOM_NAME})
    list(TRANSFORM ROOM_SEES PREPEND zs_)
    list(TRANSFORM ROOM_USES PREPEND zs_)
    target_link_libraries(zs_${ROOM_NAME} PUBLIC ${ROOM_SEES} PRIVATE ${ROOM_USES} ${ROOM_LIBS})

    if(tests)
        add_executable(${ROOM_NAME}_test ${tests})
        target_link_libraries(${ROOM_NAME}_test PRIVATE zs_${ROOM_NAME} ${ROOM_USES} ${ROOM_LIBS} GTest::gmock GTest::gtest_main)
        target_compile_definitions(${ROOM_NAME}_test PRIVATE ZS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        add_test(NAME ${ROOM_NAME} COMMAND ${ROOM_NAME}_test)
        add_dependencies(unit_tests ${ROOM_NAME}_test)
    endif()
endfunction()
