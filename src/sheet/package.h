#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sheet/number_format.h"
#include "sheet/zip.h"

namespace zs::sheet {

/// A string of a workbook as Excel means it: `_x000D_` is a letter by its number, `_x005F_` the
/// underscore itself; line ends are plain.
std::string decoded(const std::string& text);

/// The parts of an .xlsx workbook, found by their relationships, wherever they lie.
class Package {
public:
    struct Sheet {
        std::string name;
        std::string entry;
        bool hidden = false;
    };

    /// @throws Failure (input), by its name, for a package that is no .xlsx workbook.
    explicit Package(const std::filesystem::path& file);

    const Zip& zip() const { return zip_; }
    /// Those with rows (no charts), in their order.
    const std::vector<Sheet>& sheets() const { return sheets_; }
    bool from_1904() const { return from_1904_; }

    /// Reads what cells refer to.
    void read_styles();
    void read_shared();
    /// The format of a cell by its style; the plain one where it has none.
    const NumberFormat& format(std::size_t style) const;
    /// A shared string; @throws Failure (input) where the workbook has no such.
    const std::string& shared(std::size_t index) const;

private:
    struct Part {
        std::string id, kind, entry;
    };
    std::vector<Part> parts_of(const std::string& entry) const;
    void refuse_other_packages() const;
    void read_workbook(const std::string& entry);

    Zip zip_;
    std::vector<Sheet> sheets_;
    bool from_1904_ = false;
    std::string styles_entry_, shared_entry_;
    std::vector<NumberFormat> formats_;
    NumberFormat plain_;
    std::vector<std::string> shared_;
};

}  // namespace zs::sheet
