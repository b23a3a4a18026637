#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace zs::sheet {

/// What a piece of XML says, in order. Names come without their prefix.
struct XmlEvents {
    std::function<void(const std::string& name,
                       const std::map<std::string, std::string>& attributes)>
        begin;
    std::function<void(const std::string& name)> end;
    std::function<void(std::string_view text)> text;
};

/// Reads XML in pieces (expat). A DOCTYPE is refused, so nothing can expand.
class XmlReader {
public:
    XmlReader(std::string where, XmlEvents events);
    ~XmlReader();
    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;
    /// @throws Failure (input) where it is no XML or names a DOCTYPE.
    void feed(std::string_view piece, bool last);

private:
    struct State;
    State* state_;
};

}  // namespace zs::sheet
