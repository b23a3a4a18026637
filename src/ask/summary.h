#pragma once

#include <map>
#include <string>
#include <vector>

#include "ask/missing_figures.h"
#include "ask/results.h"
#include "ask/titles.h"
#include "plan/model.h"

namespace zs::ask {

/// What a county officer asks first of a run, by place.
struct Summary {
    std::string run, division, name;
    base::Month month;
    std::string before;  ///< the run of an earlier month compared with; empty: none
    base::Month before_month;

    bool nothing_delivered = false;              ///< then nothing below is a finding
    std::vector<std::string> missing_registers;  ///< titles; nobody of them could be judged

    struct Figure {
        std::string indicator, title, unit;
        std::string now, then;  ///< empty: no data
        std::int64_t unknown = 0;
        std::string subjects;  ///< what is counted as unknown: the grain's title
    };
    bool on_line = false;       ///< the pack has indicators of the clauses on the monitoring line
    std::vector<Figure> below;  ///< these; else all that count subjects

    struct Due {
        std::string rule, title, grain;  ///< grain: its title
        std::map<std::string, std::int64_t> by_status;
        std::string lacking;  ///< yuan due and not come, of those with an amount
    };
    std::vector<Due> entitlements;

    struct Count {
        std::string name, title;
        std::int64_t n = 0;
    };
    std::vector<Count> clues_by_risk, clues, doubts;
    std::int64_t severe = 0;  ///< clues of high severity
    std::map<std::string, std::int64_t> targets_by_status;
    struct Missed {
        std::string target, title, status, value, bound;
        std::string comparison;  ///< of the value with the bound, as the target writes it
    };
    std::vector<Missed> missed;  ///< targets missed or behind
    struct WithoutFigure {
        std::string target, title, why;
    };
    std::vector<WithoutFigure> without_figure;
    std::vector<Count> undelivered;  ///< ledger; places that owe the month
    std::vector<Count> unknown;      ///< rules with most subjects unknown, in the whole home
};

/// Of the place asked for; empty: the home's own. `run` is one that is there, `model` its pack.
Summary summary(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
                const Titles& titles, const std::string& run, const std::string& division);

}  // namespace zs::ask
