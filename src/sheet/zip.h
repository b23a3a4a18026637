#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <zip.h>

#include "base/said.h"
#include "sheet/xml.h"

namespace zs::sheet {

/// A zip file and its entries, each read in pieces. Names are compared without case, and with `/`
/// for `\`.
class Zip {
public:
    /// @throws Failure (input) where it is damaged or cut short.
    explicit Zip(const std::filesystem::path& file);
    ~Zip();
    Zip(const Zip&) = delete;
    Zip& operator=(const Zip&) = delete;

    bool has(const std::string& entry) const;
    const std::string& name() const { return name_; }  ///< of the file

    /// Opens an entry that is no bomb.
    zip_file_t* open(const std::string& entry) const;
    /// The next piece of an open entry; false at its end.
    bool read(zip_file_t* entry, std::string& piece) const;
    void read_all(const std::string& entry, XmlEvents events) const;
    /// Some text stands somewhere in an entry.
    bool holds(const std::string& entry, std::string_view text) const;

    [[noreturn]] void refuse(const base::Said& what) const;

private:
    std::string name_;
    zip_t* zip_ = nullptr;
    std::map<std::string, zip_uint64_t> entries_;
};

}  // namespace zs::sheet
