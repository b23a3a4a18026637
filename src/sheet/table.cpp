#include "sheet/table.h"

#include <fstream>

#include "base/failure.h"
#include "sheet/csv.h"
#include "sheet/json_lines.h"
#include "sheet/xlsx.h"

namespace zs::sheet {

namespace {

std::string first_bytes(const std::filesystem::path& file, std::size_t count) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        throw base::Failure(base::Fault::input, "the file cannot be read", file.filename().string(),
                            "check that it is there and readable");
    std::string bytes(count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

}  // namespace

std::unique_ptr<Reader> open_table(const std::filesystem::path& file, const Options& options) {
    const std::string start = first_bytes(file, 64);
    const std::string name = file.filename().string();
    if (start.empty())
        throw base::Failure(base::Fault::input, "the file is empty", name,
                            "send a table with a header; for nothing to report use --empty");
    if (start.starts_with("\xD0\xCF\x11\xE0"))
        throw base::Failure(base::Fault::input, "the workbook is encrypted, or an old .xls", name,
                            "save it as .xlsx without a password");
    if (start.starts_with("PK")) return open_xlsx(file, options);
    const std::string extension = file.extension().string();
    if (extension == ".xlsx")
        throw base::Failure(base::Fault::input, "this is no .xlsx workbook", name,
                            "save it again as .xlsx, or as CSV");
    const bool json = extension == ".jsonl" || extension == ".ndjson" || extension == ".json";
    if (json) return open_json_lines(file);
    return open_csv(file);
}

bool is_parquet(const std::filesystem::path& file) { return first_bytes(file, 4) == "PAR1"; }

}  // namespace zs::sheet
