// zs_transcript --source DIR --build DIR [--update] FILE.md…
// Runs transcripts against the program in the build folder. Exit 1 if a step failed, 2 on wrong
// usage.

#include "transcript.h"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace {

struct Arguments {
    std::filesystem::path source;
    std::filesystem::path build;
    bool update = false;
    std::vector<std::filesystem::path> files;
};

std::optional<Arguments> parsed(const std::vector<std::string>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--update") {
            arguments.update = true;
        } else if ((words[i] == "--source" || words[i] == "--build") && i + 1 < words.size()) {
            (words[i] == "--source" ? arguments.source : arguments.build) =
                std::filesystem::absolute(words[i + 1]);
            ++i;
        } else if (words[i].starts_with("-")) {
            return std::nullopt;
        } else {
            arguments.files.emplace_back(words[i]);
        }
    }
    if (arguments.source.empty() || arguments.build.empty() || arguments.files.empty())
        return std::nullopt;
    return arguments;
}

std::map<std::string, std::string> environment_of(const Arguments& arguments) {
    const char* path = std::getenv("PATH");
    return {{"PATH", arguments.build.string() + ":" + (path ? path : "/usr/bin:/bin")},
            {"ZS_SOURCE", arguments.source.string()},
            {"LANG", "C.UTF-8"},
            {"LC_ALL", "C.UTF-8"},
            {"TZ", "UTC"}};
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text << std::flush;
    if (!stream) throw std::runtime_error("cannot write " + file.string());
}

/// Exit status: with --update what was rewritten does not count as failed.
int run_all(const Arguments& arguments) {
    const auto environment = environment_of(arguments);
    int passed = 0, failed = 0, rewritten = 0;
    for (const auto& file : arguments.files) {
        const auto text = text_of(file);
        const auto result = zs::transcript::run(file.filename().string(), text, environment);
        std::cout << result.report;
        if (arguments.update && result.failed > 0) {
            write(file, result.updated);
            rewritten += result.failed;
            passed += result.passed + result.failed;
        } else {
            passed += result.passed;
            failed += result.failed;
        }
    }
    if (rewritten > 0)
        std::cout << rewritten << " expectations rewritten: read the difference line by line\n";
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    try {
        const auto arguments = parsed({words + 1, words + count});
        if (!arguments) {
            std::cerr << "usage: zs_transcript --source DIR --build DIR [--update] FILE.md...\n";
            return 2;
        }
        return run_all(*arguments);
    } catch (const std::exception& failure) {
        std::cerr << "zs_transcript: " << failure.what() << "\n";
        return 2;
    }
}
