#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "compile/program.h"
#include "plan/model.h"
#include "run/figures.h"

namespace zs::run {

/// Where and of when a figure is.
struct FigureAt {
    std::string division, codes;
    plan::Period period = plan::Period::month;
    base::Month month;  ///< a month of the label: its last, or the run's where that is earlier
    std::optional<base::Month> as_of;  ///< figures to date: those of the run of this month only
    bool by_year =
        false;  ///< of a target: a month's or term's indicator is read by the year's last month
};

/// A figure as it was rolled up: what its unknown subjects could move can be told from it.
struct Tallied {
    plan::Value value, numerator, denominator;
    std::int64_t known = 0, unknown = 0;
};

struct FoundFigure {
    plan::Value value;
    bool whole = false;
    std::optional<base::Month> run_month;  ///< empty: given
    const Tallied* tallied = nullptr;      ///< of one that was rolled up
};

/// How far a figure could move if what is unknown became known (PACK.md, 6 target; ADR 1, 87).
struct Leeway {
    plan::Value low, high;  ///< between which it then lies, as far as that can be calculated
    double beside = 0;      ///< the largest share of unknown subjects that low and high leave out
    double share = 0;       ///< the largest share of unknown subjects of all that is read
};

/// Reads figures (PACK.md, 6; ADR 1, 39): this run's own, published and given ones, and computes
/// those over other figures.
class FigureReader {
public:
    /// `own`: what this run's statements rolled up.
    FigureReader(const plan::Model& model, const FigureSources& sources,
                 const std::vector<plan::IndicatorValue>& own);

    /// Nothing where there is no such figure.
    std::optional<FoundFigure> figure(const plan::Indicator& indicator, const FigureAt& at);
    /// An expression over figures and parameters; `whole` becomes false where a figure read is to
    /// date.
    plan::Value value(const plan::Expression& e, const FigureAt& at, bool& whole);
    /// How far a figure, or an expression over figures, could move.
    Leeway leeway(const plan::Indicator& indicator, const FigureAt& at);
    Leeway leeway(const plan::Expression& e, const FigureAt& at);
    /// The combinations of codes in which an indicator over indicators has rows; all together
    /// always.
    std::set<std::string> codes_of(const plan::Indicator& indicator, const FigureAt& at) const;
    /// Whether the nation has rows of it.
    bool reads_given(const plan::Indicator& indicator) const;
    bool is_listed(const plan::Indicator& indicator, const std::string& division) const;
    const std::vector<compile::DivisionRow>& divisions() const { return divisions_; }

private:
    struct Published {
        Tallied tallied;
        bool whole = false;
        base::Month run_month;
        std::int64_t order = 0;
    };
    /// Indicator, division and label.
    using Place = std::tuple<const plan::Indicator*, std::string, std::string>;
    /// By codes.
    using Shelf = std::map<Place, std::map<std::string, std::vector<Published>>>;

    std::string label_of(const FigureAt& at) const;
    bool is_this_runs(const plan::Indicator& indicator, const FigureAt& at) const;
    std::optional<FigureAt> in_labels_of(const plan::Indicator& indicator, FigureAt at) const;
    std::optional<FoundFigure> own(const plan::Indicator& indicator, const FigureAt& at) const;
    std::optional<FoundFigure> published(const plan::Indicator& indicator,
                                         const FigureAt& at) const;
    std::optional<FoundFigure> derived(const plan::Indicator& indicator, const FigureAt& at);
    /// Where the figure that `e` names stands, read at `at`.
    FigureAt place_read(const plan::Expression& e, FigureAt at);
    /// Whether `prior(x, else = y)` read at `at` is y, and whether y can stand for a whole figure.
    struct Instead {
        bool is_taken = false;
        plan::Value value;  ///< NULL where a whole figure is set against one to date
    };
    Instead instead(const plan::Expression& e, const FigureAt& at);
    plan::Value read(const plan::Expression& e, const FigureAt& at, bool& whole);
    FigureAt before(const plan::Indicator& indicator, FigureAt at, int labels);
    Leeway leeway_of_call(const plan::Expression& e, const FigureAt& at);
    plan::Value parameter(const plan::Expression& e, const FigureAt& at, bool& whole);
    plan::Value call(const plan::Expression& e, const FigureAt& at, bool& whole);
    plan::Value exact(const plan::Calculated& calculated, const plan::Expression& e,
                      const FigureAt& at) const;

    const plan::Model& model_;
    const FigureSources& sources_;
    std::vector<compile::DivisionRow> divisions_;
    std::unordered_map<std::string, const compile::DivisionRow*> by_code_;
    std::map<Place, std::map<std::string, Tallied>> own_;
    Shelf published_;
    std::map<
        std::tuple<const plan::Indicator*, std::string, std::string, std::int32_t, std::int32_t>,
        std::optional<FoundFigure>>
        derived_;
};

}  // namespace zs::run
