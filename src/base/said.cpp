#include "base/said.h"

#include <cstdlib>

namespace zs::base {

Language language_of(std::string_view locale) {
    return locale.starts_with("en") ? Language::english : Language::chinese;
}

Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
            return std::string_view(value).starts_with("zh") ? Language::chinese
                                                             : Language::english;
    return Language::english;
}

}  // namespace zs::base
