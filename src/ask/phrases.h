#pragma once

#include <array>
#include <string_view>

#include "ask/phrase.h"

namespace zs::ask {

// Every fixed phrase of lists, of the summary and of what else is told to people, in both
// languages. A column without a heading here does not compile, nor does a phrase in one language.

/// What the cells of a column name, and so how people read them.
enum class Word {
    plain,
    fixed,       ///< a status, a kind, a level: in `words`
    unit,        ///< likewise; empty for `ratio`, whose values have their sign
    definition,  ///< a rule, an indicator, a target, a duty
    ledger,
    grain,
    risk,
    place,   ///< a division's code
    codes,   ///< `sex=f` of an indicator
    figure,  ///< a value in the unit of the row's indicator or target
};

struct Heading {
    std::string_view name;  ///< of the column in JSON and CSV
    Phrase phrase;
    Word word = Word::plain;
};

inline constexpr Heading headings[] = {
    {"accepted", {"收下", "accepted"}},
    {"action", {"动作", "action"}},
    {"amount", {"应得", "amount"}},
    {"arrived", {"到达", "arrived"}},
    {"at", {"时间", "at"}},
    {"batch", {"批次", "batch"}},
    {"blocks", {"对应的条目", "blocks"}},
    {"bound", {"要求", "bound"}, Word::figure},
    {"by", {"经办", "by"}},
    {"codes", {"分组", "group"}, Word::codes},
    {"cost", {"金额（元）", "cost"}},
    {"cost_after", {"改后金额（元）", "cost after"}},
    {"cost_before", {"改前金额（元）", "cost before"}},
    {"denominator", {"分母", "denominator"}},
    {"detail", {"说明", "detail"}},
    {"digest", {"摘要", "digest"}},
    {"division", {"地方", "place"}, Word::place},
    {"due", {"期限", "due"}},
    {"duty", {"任务", "duty"}, Word::definition},
    {"engine", {"引擎", "engine"}},
    {"evidence", {"证据", "evidence"}},
    {"excess", {"多发", "excess"}},
    {"exempted", {"豁免", "exempted"}},
    {"exemption", {"豁免号", "exemption"}},
    {"file", {"文件", "file"}},
    {"finding", {"编号", "finding"}},
    {"fired/gap", {"触发/未享", "fired/gap"}},
    {"gap", {"差距", "gap"}, Word::figure},
    {"grain", {"对象类别", "grain"}, Word::grain},
    {"households_after", {"改后户数", "households after"}},
    {"households_before", {"改前户数", "households before"}},
    {"id", {"编号", "id"}},
    {"improper", {"不应", "improper"}},
    {"indicator", {"指标", "indicator"}, Word::definition},
    {"kind", {"类别", "kind"}, Word::fixed},
    {"known", {"已知", "known"}},
    {"label", {"期间", "period"}},
    {"late", {"迟发", "late"}},
    {"ledger", {"台账", "ledger"}, Word::ledger},
    {"level", {"层级", "level"}, Word::fixed},
    {"line", {"行", "line"}},
    {"looked at", {"查看", "looked at"}},
    {"month", {"月份", "month"}},
    {"n", {"数量", "number"}},
    {"name", {"地方", "place"}},
    {"numerator", {"分子", "numerator"}},
    {"open", {"待处理", "open"}},
    {"persons_after", {"改后人数", "persons after"}},
    {"persons_before", {"改前人数", "persons before"}},
    {"period", {"期间", "period"}, Word::fixed},
    {"place", {"地方", "place"}},
    {"previous", {"上一条", "previous"}},
    {"quarantined", {"暂存", "held"}},
    {"reason", {"理由", "reason"}},
    {"reasons", {"原因", "reasons"}},
    {"received", {"实得", "received"}},
    {"revoked", {"撤销", "revoked"}},
    {"risk", {"风险", "risk"}, Word::risk},
    {"rows", {"行数", "rows"}},
    {"rule", {"规则", "rule"}, Word::definition},
    {"run", {"运行", "run"}},
    {"say", {"说明", "what it says"}},
    {"says", {"说明", "what is wrong"}},
    {"score", {"疑点分", "score"}},
    {"seq", {"序号", "number"}},
    {"settled", {"已处理", "settled"}},
    {"severity", {"程度", "severity"}, Word::fixed},
    {"short", {"不足", "short"}},
    {"snapshot", {"快照", "snapshot"}},
    {"status", {"状态", "status"}, Word::fixed},
    {"subject", {"对象", "subject"}},
    {"subjects_after", {"改后对象", "subjects after"}},
    {"subjects_before", {"改前对象", "subjects before"}},
    {"target", {"目标", "target"}, Word::definition},
    {"title", {"名称", "title"}},
    {"undelivered", {"没有交来", "undelivered"}},
    {"unit", {"单位", "unit"}, Word::unit},
    {"unknown", {"未知", "unknown"}},
    {"until", {"截止", "until"}},
    {"value", {"值", "value"}, Word::figure},
    {"whole", {"整期", "whole"}},
    {"why", {"原因", "why"}},
    {"withdrawn", {"已撤回", "withdrawn"}},
    {"written", {"写下的", "what it wrote"}},
};

consteval const Heading& heading_of(const char* column) {
    for (const Heading& heading : headings)
        if (heading.name == column) return heading;
    throw "the column has no heading in the table";
}

/// A word of the program that a cell holds.
struct Named {
    std::string_view name;
    Phrase phrase;
};

inline constexpr Named words[] = {
    {"fired", {"触发", "fired"}},
    {"clear", {"未触发", "clear"}},
    {"unknown", {"未知", "unknown"}},
    {"exempted", {"豁免", "exempted"}},
    {"improper", {"不应享而享", "improper"}},
    {"none", {"不符合", "none"}},
    {"excess", {"多发", "excess"}},
    {"late", {"迟发", "late"}},
    {"satisfied", {"已享", "satisfied"}},
    {"pending", {"未到期", "pending"}},
    {"short", {"不足", "short"}},
    {"gap", {"未享", "gap"}},
    {"met", {"达到", "met"}},
    {"missed", {"未达到", "missed"}},
    {"on_track", {"进度内", "on track"}},
    {"behind", {"落后", "behind"}},
    {"no_data", {"没有数", "no figure"}},
    {"clue", {"线索", "clue"}},
    {"entitlement", {"应享政策", "entitlement"}},
    {"check", {"核查", "check"}},
    {"high", {"高", "high"}},
    {"medium", {"中", "medium"}},
    {"low", {"低", "low"}},
    {"live", {"有效", "live"}},
    {"partial", {"部分", "partial"}},
    {"missing", {"缺", "missing"}},
    {"month", {"月", "month"}},
    {"year", {"核算年度", "year"}},
    {"calendar_year", {"日历年", "calendar year"}},
    {"school_term", {"学期", "school term"}},
    {"nation", {"全国", "nation"}},
    {"province", {"省", "province"}},
    {"city", {"市", "city"}},
    {"county", {"县", "county"}},
    {"town", {"乡镇", "town"}},
    {"village", {"村", "village"}},
    {"persons", {"人", "persons"}},
    {"households", {"户", "households"}},
    {"yuan", {"元", "yuan"}},
};

/// Of duties, whose statuses have the same names.
inline constexpr Named duty_words[] = {
    {"satisfied", {"完成", "done"}},    {"late", {"迟做", "done late"}},
    {"pending", {"未到期", "pending"}}, {"short", {"没做完", "begun"}},
    {"gap", {"没做", "not done"}},
};

/// What is told beside lists. `{}` are filled in.
namespace phrase {

inline constexpr Phrase yes{"是", "yes"};
inline constexpr Phrase no{"否", "no"};
inline constexpr Phrase nation{"全国", "the nation"};
inline constexpr Phrase place_in{"{}{}", "{}, {}"};
inline constexpr Phrase none{"没有", "none"};
inline constexpr Phrase no_figure{"没有数", "no figure"};
inline constexpr Phrase unknown{"未知", "unknown"};
inline constexpr Phrase more{"另有 {} 项", "{} more"};
inline constexpr Phrase listed{"、", ", "};
inline constexpr Phrase comma{"，", ", "};
inline constexpr Phrase semicolon{"；", "; "};
inline constexpr Phrase in_brackets{"（{}）", " ({})"};

// Windows; in English they are told as the pack writes them.
inline constexpr Phrase own_period{"本期", "own period"};
inline constexpr Phrase window_ever{"历来", "ever"};
inline constexpr Phrase window_month{"当月", "month"};
inline constexpr Phrase window_months{"近{}个月", "{} months"};
inline constexpr Phrase window_to_date{"本{}", "{}"};
inline constexpr Phrase window_whole{"最近一个完整{}", "whole {}"};
inline constexpr Phrase window_last{"上一{}", "last {}"};
inline constexpr Phrase window_months_ago{"（往前{}个月）", " ago {}"};
inline constexpr Phrase window_ago{"（往前{}期）", " ago {}"};

// Summary.
inline constexpr Phrase nothing_delivered{"还没有交来任何数据：下面都还不能判断",
                                          "nothing has been delivered yet: nothing below is "
                                          "known"};
inline constexpr Phrase not_known_yet{"还没有交来数据", "nothing has been delivered"};
inline constexpr Phrase line_and_income{"监测范围和收入", "The monitoring line and income"};
inline constexpr Phrase indicators{"指标", "Indicators"};
inline constexpr Phrase of_run_before{"（括号里是 {} 的运行）", " (in brackets: the run of {})"};
inline constexpr Phrase unknown_subjects{"未知 {} {}", "unknown: {} {}"};
inline constexpr Phrase entitlements{"应享的政策", "Entitlements"};
inline constexpr Phrase gap{"未享", "gap"};
inline constexpr Phrase short_of{"不足", "short"};
inline constexpr Phrase late{"迟发", "late"};
inline constexpr Phrase excess{"多发", "excess"};
inline constexpr Phrase improper{"不应", "improper"};
inline constexpr Phrase lacking{"欠发（元）", "owed (yuan)"};
inline constexpr Phrase clues{"线索 {} 条，其中高风险 {} 条；按规则",
                              "Clues: {}, of them {} of high severity; by rule"};
inline constexpr Phrase by_risk{"按风险", "By risk"};
inline constexpr Phrase risk_not_said{"没有写明", "not said"};
inline constexpr Phrase piece{"条", "clue(s)"};
inline constexpr Phrase targets{"{} 年目标", "Targets of {}"};
inline constexpr Phrase no_targets{"这里没有目标", "no targets here"};
inline constexpr Phrase should_be{"{}，应 {} {}（{}）", "{}, should be {} {} ({})"};
inline constexpr Phrase target_without_figure{"没有数：{}", "no figure: {}"};
inline constexpr Phrase undelivered{"没有交来的（本月，台账）",
                                    "Not delivered (this month, by ledger)"};
inline constexpr Phrase places{"处", "place(s)"};
inline constexpr Phrase cannot_judge{"判断不了的（缺数据，全部区划）",
                                     "Cannot be judged (data missing, all places)"};
inline constexpr Phrase subjects{"个", "subject(s)"};
inline constexpr Phrase register_missing{"{} 还没有交来，以它为对象的都没有判断",
                                         "{} has not been delivered: nobody of it was judged"};
inline constexpr Phrase doubts{"存疑的数字", "Doubtful figures"};
inline constexpr Phrase doubt{"条", "finding(s)"};

// Why a figure is not there.
inline constexpr Phrase no_given_figure{"缺官方数“{}” {} {}：用 import figures 交来",
                                        "the official figure '{}' of {} for {} is missing: import "
                                        "it with import figures"};
inline constexpr Phrase no_earlier_run{"缺“{}” {} 的数：先做 run --month {}",
                                       "'{}' has no figure for {}: first make run --month {}"};
inline constexpr Phrase before_plan{"缺“{}” {} 的数：那一期在方案以前",
                                    "'{}' has no figure for {}: it is before the plan"};
inline constexpr Phrase ledger_undelivered{"“{}”缺台账：{} 有 {} 处没有交 {}",
                                           "'{}' lacks a ledger: of {}, {} places have not "
                                           "delivered {}"};
inline constexpr Phrase subjects_unknown{"“{}”有 {} 个对象未知", "'{}' has {} subjects unknown"};
inline constexpr Phrase no_subjects{"“{}”没有对象", "'{}' has no subjects"};
inline constexpr Phrase unknown_could_change{
    "“{}”有 {} 个对象情况不明，会改变结论",
    "of '{}' {} subjects are unknown, who could change the answer"};
inline constexpr Phrase other_place_without_figure{"缺“{}” {} 的数", "'{}' of {} has no figure"};

// A run.
inline constexpr Phrase run_made{"运行 {}，{}：读 {} 行，{} 条发现，{:.1f} 秒",
                                 "run {} of {}: {} rows read, {} findings, {:.1f} s"};
inline constexpr Phrase run_shown{"运行 {}，{}：读 {} 批，{} 由 {} 运行",
                                  "run {} of {}: {} batches read, made {} by {}"};
inline constexpr Phrase orphans{
    "上级登记已经不在的 {} 个，没有算作对象",
    "{} orphans: their parent is not in force, so they are no subjects"};
inline constexpr Phrase left_out{"没有算进去的：{} {} 行，{}", "left out: {}, {} row(s), {}"};
inline constexpr Phrase field_is_empty{"{} 空着", "{} is empty"};
inline constexpr Phrase condition_unknown{"条件判断不了", "its condition cannot be judged"};
inline constexpr Phrase digest{"摘要 {}", "digest {}"};
inline constexpr Phrase snapshot{"快照 {}", "snapshot {}"};
inline constexpr Phrase plan{"方案 {}", "plan {}"};

// Why.
inline constexpr Phrase clause{"依据", "clause"};
inline constexpr Phrase parameter{"参数", "parameter"};
inline constexpr Phrase feature{"数据", "feature"};
inline constexpr Phrase source{"来源", "source"};
inline constexpr Phrase held{"暂存", "held"};
inline constexpr Phrase everywhere{"各地", "everywhere"};
inline constexpr Phrase from{"自 {} 起", "from {}"};
inline constexpr Phrase by_default{"缺省值", "default"};
inline constexpr Phrase source_line{"{} {}  {}  第 {} 行（批次 {}）",
                                    "{} {}  {}  line {} (batch {})"};
inline constexpr Phrase held_line{"{} {}  {}  第 {} 行没有收下：{}（批次 {}）",
                                  "{} {}  {}  line {} was not taken: {} (batch {})"};

// A household.
inline constexpr Phrase household{"农户 {}  {} {}  截至 {}", "household {}  {} {}  as of {}"};
inline constexpr Phrase ledger{"台账 {}", "ledger {}"};
inline constexpr Phrase features{"数据", "features"};
inline constexpr Phrase findings_of{"运行 {} 的发现", "findings of run {}"};
inline constexpr Phrase no_run_yet{"还没有运行", "no run yet"};

// What if.
inline constexpr Phrase nothing_changes{"没有变化（--all 看全部）",
                                        "nothing changes (--all shows the rest)"};
inline constexpr Phrase unchanged_rows{"另有 {} 行没有变化（--all 看全部）",
                                       "{} rows do not change (--all shows them)"};

// Coverage.
inline constexpr Phrase coverage_totals{"有效 {}，部分 {}，缺 {}",
                                        "{} live, {} partial, {} missing"};
inline constexpr Phrase lacking_examples{"{} 个规则、指标、目标缺示例：{}",
                                         "{} rules, indicators and targets lack an example: {}"};

// Batches and exemptions.
inline constexpr Phrase batch_shown{"批次 {}：{} {}，{}，{}", "batch {}: {} of {}, {}, {}"};
inline constexpr Phrase no_division{"没有区划", "no division"};
inline constexpr Phrase empty_delivery{"零报告", "an empty delivery"};
inline constexpr Phrase from_file{"文件 {}", "from {}"};
inline constexpr Phrase batch_rows{"{} 行：收下 {}，暂存 {}；有提醒 {}，替换 {}",
                                   "{} rows: {} accepted, {} quarantined; {} with a warning, {} "
                                   "replaced"};
inline constexpr Phrase batch_by{"{} 于 {}；{}", "by {} at {}; {}"};
inline constexpr Phrase withdrawn_at{"已撤回 {}", "withdrawn {}"};
inline constexpr Phrase counts{"有效", "counts"};
inline constexpr Phrase exemption_added{"豁免 {}：{} {} 到 {}；以后的运行照办",
                                        "exemption {}: {} for {} until {}; runs from now on heed "
                                        "it"};
inline constexpr Phrase exemption_revoked{"豁免 {} 已撤销；以后的运行不再照办",
                                          "exemption {} revoked; runs from now on do not heed it"};
inline constexpr Phrase rows_written{"{} 行写入 {}", "{} rows in {}"};

}  // namespace phrase

}  // namespace zs::ask
