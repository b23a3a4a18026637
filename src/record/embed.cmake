# Writes a source that holds each migration as a raw text, in the order of their numbers.
list(SORT MIGRATIONS)
set(text "#include \"record/migration.h\"\n\nnamespace zs::record {\n\n")
string(APPEND text "const std::vector<Migration>& migrations() {\n    static const std::vector<Migration> all = {\n")
foreach(file IN LISTS MIGRATIONS)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX MATCH "^[0-9]+" number ${name})
    # Without its zeros in front, which C++ would read as octal.
    string(REGEX REPLACE "^0+" "" number ${number})
    file(READ ${file} sql)
    string(APPEND text "        {${number}, \"${name}\", R\"migration(${sql})migration\"},\n")
endforeach()
string(APPEND text "    };\n    return all;\n}\n\n}  // namespace zs::record\n")
file(WRITE ${OUTPUT} "${text}")
