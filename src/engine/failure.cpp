#include "engine/failure.h"

#include <string_view>

#include "engine/handles.h"

namespace zs::engine {

namespace {

using Cause = EngineFailure::Cause;

Cause cause_of(duckdb_error_type type, std::string_view message) {
    const auto says = [&](std::string_view words) {
        return message.find(words) != std::string_view::npos;
    };
    // EFBIG: the system lets no file grow beyond a limit.
    if (says("No space left") || says("File too large") || says("Disk quota exceeded") ||
        says("max_temp_directory_size"))
        return Cause::disk_full;
    if (type == DUCKDB_ERROR_INTERRUPT || says("INTERRUPT Error")) return Cause::interrupted;
    if (type == DUCKDB_ERROR_OUT_OF_MEMORY || says("Out of Memory Error"))
        return Cause::out_of_memory;
    if (type == DUCKDB_ERROR_OUT_OF_RANGE || type == DUCKDB_ERROR_CONVERSION ||
        type == DUCKDB_ERROR_DECIMAL || says("Out of Range Error") || says("Conversion Error"))
        return Cause::overflow;
    return Cause::other;
}

}  // namespace

std::string shortened(const char* message) {
    std::string_view text = message == nullptr ? "the engine gave no reason" : message;
    // What follows is a picture of the statement, or settings that only its writer could change.
    for (const char* end_mark : {"\n\nLINE", "Possible solutions:"})
        if (const auto end = text.find(end_mark); end != std::string_view::npos)
            text = text.substr(0, end);
    std::string line;
    for (const char letter : text) {
        const bool space = letter == '\n' || letter == '\r' || letter == '\t' || letter == ' ';
        if (!space)
            line += letter;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (line.ends_with(' ')) line.pop_back();
    constexpr std::size_t length_max = 500;
    if (line.size() > length_max) line = line.substr(0, length_max) + " …";
    return line;
}

void fail(duckdb_error_type type, const char* message) {
    const std::string said = shortened(message);
    const Cause cause = cause_of(type, said);
    switch (cause) {
        case Cause::interrupted:
            throw EngineFailure(cause, base::said("语句被取消", "the statement was cancelled"), "",
                                {});
        case Cause::out_of_memory:
            throw EngineFailure(
                cause, base::said("引擎的内存不够", "the engine's memory does not suffice"), said,
                base::said("用 --memory 多给些，或减少 --threads",
                           "give it more with --memory, or fewer --threads"));
        case Cause::disk_full:
            throw EngineFailure(
                cause, base::said("磁盘满了", "the disk is full"), said,
                base::said("腾出空间，再运行一次", "make room, then run the command again"));
        case Cause::overflow:
            throw EngineFailure(
                cause, base::said("有个值超出了类型的范围", "a value is out of its type's range"),
                said, base::said("找找大得离谱的数", "look for a figure far too large"));
        case Cause::other:
            break;
    }
    if (said.find("Permission denied") != std::string::npos)
        throw EngineFailure(
            cause,
            base::said("数据目录里有文件没有读写权限",
                       "a file of the home may not be read or written"),
            said,
            base::said("检查数据目录归谁、谁能写", "check who owns the home and may write to it"));
    throw EngineFailure(
        Cause::other, base::said("引擎执行不了语句", "the engine could not run a statement"), said,
        base::said("请把做了什么连同这句话报给开发者", "please report it with what you did"));
}

}  // namespace zs::engine
