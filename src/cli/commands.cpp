#include "cli/commands.h"

namespace zs::cli {

std::string called(const CLI::App& command) {
    return command.get_parent() == nullptr
               ? command.get_name()
               : called(*command.get_parent()) + " " + command.get_name();
}

void answers_with_list(CLI::App& command, Session& session) {
    session.lists.insert(called(command));
    command.add_option("-o,--output", session.output,
                       session.say(base::said("写到哪个文件；缺省：标准输出",
                                              "The file to write; default: standard output")));
}

}  // namespace zs::cli
