#include "cli/held_json.h"

namespace zs::cli {

Json held_json(const std::vector<intake::HeldAbout>& held) {
    std::vector<Json> rows;
    for (const auto& h : held) {
        std::vector<Json> reasons;
        for (const std::string& code : h.codes) reasons.push_back(Json::text(code));
        rows.push_back(Json::object({{"batch", Json::text(h.batch)},
                                     {"ledger", Json::text(h.ledger)},
                                     {"month", Json::text(h.month)},
                                     {"file", Json::text(h.file)},
                                     {"line", Json::number(h.line)},
                                     {"reasons", Json::list(reasons)},
                                     {"says", Json::text(h.say)}}));
    }
    return Json::list(rows);
}

}  // namespace zs::cli
