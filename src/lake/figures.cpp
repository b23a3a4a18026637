#include "lake/figures.h"

#include <set>

namespace zs::lake {

void enter_figures(record::Connection& record, const std::string& batch,
                   const std::vector<plan::Figure>& figures,
                   const std::vector<std::string>& sources) {
    ZS_INVARIANT(figures.size() == sources.size(), "each figure has its source, or none");
    std::int64_t seq = record.first("select coalesce(max(seq), 0) from figure")->integer(0);
    record::Statement insert = record.prepare(
        "insert into figure (seq, indicator, division, label, codes, value, source, batch) values "
        "(:seq, :indicator, :division, :label, :codes, :value, :source, :batch)",
        8);
    for (std::size_t i = 0; i < figures.size(); ++i)
        insert.run({record::cell(++seq), figures[i].indicator, figures[i].division,
                    figures[i].label, figures[i].codes, plan::text(figures[i].value), sources[i],
                    batch});
}

std::vector<plan::Figure> given_figures(record::Connection& record, const Snapshot& snapshot) {
    std::set<std::string> counting;
    for (const Batch& batch : snapshot.batches) counting.insert(batch.id);
    std::vector<plan::Figure> figures;
    record.each(
        "select seq, indicator, division, label, codes, value, batch from figure order by seq", {},
        [&](const record::Row& row) {
            if (!counting.contains(row.text(6))) return;
            plan::Figure figure;
            figure.indicator = row.text(1);
            figure.division = row.text(2);
            figure.label = row.text(3);
            figure.codes = row.text(4);
            const auto value = base::parse_decimal(row.text(5));
            ZS_INVARIANT(value.has_value(), "a figure of the record is a number");
            figure.value = *value;
            figure.whole = true;
            figure.order = row.integer(0);
            figure.given = true;
            figures.push_back(std::move(figure));
        });
    return figures;
}

std::vector<plan::Figure> figures_of(record::Connection& record,
                                     const std::set<std::string>& batches) {
    std::vector<plan::Figure> figures;
    for (const std::string& batch : batches)
        record.each(
            "select indicator, division, label, codes from figure where batch = :batch order by "
            "seq",
            {batch}, [&](const record::Row& row) {
                plan::Figure figure;
                figure.indicator = row.text(0);
                figure.division = row.text(1);
                figure.label = row.text(2);
                figure.codes = row.text(3);
                figures.push_back(std::move(figure));
            });
    return figures;
}

bool figures_stand(record::Connection& record, const std::string& batch) {
    return !record.first(
        "select 1 from figure f join figure g on g.indicator = f.indicator and g.division = "
        "f.division and g.label = f.label and g.codes = f.codes and g.seq > f.seq join batch b on "
        "b.batch = g.batch where f.batch = :batch and b.withdrawn_at is null and b.added_to is "
        "distinct from f.batch limit 1",
        {batch});
}

}  // namespace zs::lake
