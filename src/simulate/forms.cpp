#include "simulate/forms.h"

#include <array>

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::simulate {

namespace {

using enum Holds;

constexpr Column enterprises[] = {
    {"主体编号", "enterprise"}, {"统一社会信用代码", "org_code"},   {"名称", "title"},
    {"类型", "kind", code},     {"所在区划", "division", division}, {"登记月份", "since"}};
constexpr Column households[] = {{"行政村代码", "division", division},
                                 {"户编号", "household"},
                                 {"户类型", "category", code},
                                 {"稳定脱贫户", "stable"},
                                 {"是否易地搬迁户", "relocated"},
                                 {"危房级别", "house_grade", code},
                                 {"是否解决安全饮用水", "safe_water"},
                                 {"光伏装机容量(千瓦)", "pv_kw"},
                                 {"首次识别时间", "since"},
                                 {"退出时间", "ended"}};
constexpr Column people[] = {
    {"户编号", "household"},       {"人口编号", "person"},       {"姓名", "name"},
    {"证件号码", "id", id_number}, {"与户主关系", ""},           {"民族", ""},
    {"联系电话", "phone"},         {"劳动技能", "labour", code}, {"健康状况", "health"},
    {"村干部近亲属", "cadre_kin"}, {"人员识别时间", "since"},    {"减少时间", "ended"}};
constexpr Column monitoring[] = {{"户编号", "household"},         {"监测对象类别", "kind", code},
                                 {"致贫返贫风险", "risks", code}, {"识别监测时间", "since"},
                                 {"风险消除时间", "cleared"},     {"风险消除方式", "how"},
                                 {"监测联系人电话", "helper"},    {"退出时间", "ended"}};
constexpr Column students[] = {{"身份证号", "person", id_number},
                               {"在校生状况", "stage", code},
                               {"学校", "school"},
                               {"入学年月", "since"},
                               {"离校年月", "ended"},
                               {"毕业年月", "graduated"}};
constexpr Column deaths[] = {
    {"身份证号", "person", id_number}, {"死亡日期", "date"}, {"原因", "cause"}};
constexpr Column posts[] = {
    {"身份证号", "person", id_number}, {"岗位类型", "post", code}, {"月补贴", "pay"},
    {"资金来源", "fund", code},        {"上岗年月", "since"},      {"离岗年月", "ended"}};
constexpr Column dibao[] = {{"户编号", "household"},  {"户主姓名", ""},
                            {"保障标准", "standard"}, {"补差金额", "granted"},
                            {"单人保", "single"},     {"渐退起始月", "leaving_since"}};
constexpr Column tekun[] = {
    {"身份证号", "person", id_number}, {"供养方式", ""}, {"月供养金", "granted"}};
constexpr Column insured[] = {{"公民身份号码", "person", id_number},
                              {"参保年度", "year"},
                              {"险种", "scheme"},
                              {"资助类别", "class", code},
                              {"资助额", "paid"}};
constexpr Column employment[] = {{"身份证号", "person", id_number}, {"务工地点", "place", code},
                                 {"用人单位", "employer"},          {"工种", "trade", code},
                                 {"月工资", "wage", wage},          {"是否点对点输送", "sent"},
                                 {"有就业意愿", "willing"},         {"意向工种", "wanted"}};
constexpr Column income[] = {
    {"户编号", "household"}, {"月份", "month"},    {"项目编码", "item", code},
    {"成员编号", "member"},  {"款目", "line"},     {"数量", "quantity"},
    {"金额", "amount"},      {"计量方式", "how"},  {"备注", "note"}};
constexpr Column payments[] = {
    {"身份证号", "person", id_number}, {"补贴项目", "benefit", code}, {"发放日期", "date"},
    {"所属月份", "for_month"},         {"应发日期", "for_due"},       {"发放金额", "paid"}};
constexpr Column medical[] = {{"公民身份号码", "person", id_number},
                              {"就诊编号", "visit"},
                              {"结算日期", "date"},
                              {"总费用", "total"},
                              {"合规自付", "self_paid"}};
constexpr Column certificates[] = {{"身份证号", "person", id_number},
                                   {"证书编号", "number"},
                                   {"等级", "level"},
                                   {"发证日期", "date"}};
constexpr Column property_checks[] = {{"户编号", "household"}, {"财产超标", "over_limit"}};
constexpr Column relief_requests[] = {{"户编号", "household"},  {"申请日期", "date"},
                                      {"批准金额", "approved"}, {"急难型", "urgent"},
                                      {"实发", "paid"},         {"发放日", "paid_on"}};
constexpr Column measures_taken[] = {{"户编号", "household"},
                                     {"措施", "measure", code},
                                     {"受益成员", "member"},
                                     {"开始年月", "since"},
                                     {"结束年月", "ended"}};
constexpr Column projects[] = {{"项目编号", "project"},  {"项目名称", "title"},
                               {"类别", "kind", code},   {"投入资金", "funds"},
                               {"运营主体", "operator"}, {"所在区划", "division", division},
                               {"建成月份", "since"}};
constexpr Column ties[] = {{"项目编号", "project"}, {"户编号", "household"}, {"带动主体", "leader"},
                           {"方式", "mode", code},  {"年应得", "due"},       {"年实得", "got"},
                           {"起始月份", "since"}};
constexpr Column fund_lines[] = {{"编号", "line"},         {"区划", "division", division},
                                 {"年度", "year"},         {"级次", "tier", code},
                                 {"来源", "source", code}, {"用途", "purpose", code},
                                 {"安排", "budget"},       {"支付", "paid"}};
constexpr Column support_villages[] = {
    {"村代码", "village", division}, {"核定资金", "promised"}, {"列入月份", "since"}};
constexpr Column support_grants[] = {
    {"村代码", "village", division}, {"到位日期", "date"}, {"到位金额", "paid"}};
constexpr Column vehicles[] = {{"身份证号", "person", id_number},
                               {"车辆编号", "plate"},
                               {"类型", "kind", code},
                               {"估值", "worth"},
                               {"登记年月", "since"}};
constexpr Column public_pay[] = {
    {"身份证号", "person", id_number}, {"岗位", "post"}, {"起始年月", "since"}};
constexpr Column crop_areas[] = {{"户编号", "household"},
                                 {"年度", "year"},
                                 {"作物", "item", code},
                                 {"面积", "mu"},
                                 {"已核实", "verified"}};
constexpr Column pv_output[] = {{"户编号", "household"}, {"发电量", "kwh"}, {"结算额", "settled"}};
constexpr Column rural_income[] = {{"区划", "division", division},
                                   {"年度", "year"},
                                   {"农村居民人均可支配收入", "income"},
                                   {"脱贫地区农村居民人均可支配收入", "lifted_area"},
                                   {"脱贫人口人均纯收入（国家公布）", "lifted_person"},
                                   {"说明", ""}};
constexpr Column visits[] = {{"户编号", "household"}, {"走访日期", "date"}, {"方式", "how", code}};

// What departments say where the plan has another word.
constexpr Word employment_words[] = {{"place", "省内县外", "in_province"},
                                     {"place", "外省", "out_of_province"}};
constexpr Word payment_words[] = {{"benefit", "农村低保金", "dibao"},
                                  {"benefit", "城乡居民养老保险金", "pension"},
                                  {"benefit", "公岗工资", "post"},
                                  {"benefit", "地力补贴", "land_fertility"}};
constexpr Word measure_words[] = {{"measure", "公益岗位", "post"},
                                  {"measure", "综合性保障", "safety_net"}};

using enum Layout;
using L = Ledger;

// In the order of Ledger.
constexpr Form forms[] = {
    {L::enterprises,
     "enterprises",
     "市场监管局",
     "经营主体",
     utf8_csv,
     1,
     false,
     false,
     false,
     enterprises,
     {}},
    {L::households,
     "households",
     "农业农村局",
     "农户登记",
     utf8_csv,
     1,
     false,
     false,
     false,
     households,
     {}},
    {L::people, "people", "农业农村局", "人员登记", utf8_csv, 1, false, false, true, people, {}},
    {L::monitoring,
     "monitoring",
     "农业农村局",
     "监测对象信息",
     xlsx,
     3,
     false,
     false,
     false,
     monitoring,
     {}},
    {L::students, "students", "教育局", "在校生", utf8_csv, 1, true, false, false, students, {}},
    {L::deaths, "deaths", "民政局", "死亡登记", utf8_csv, 1, false, false, false, deaths, {}},
    {L::posts, "posts", "人社局", "公益性岗位", xlsx, 2, true, false, false, posts, {}},
    {L::dibao, "dibao", "民政局", "低保", xlsx, 2, true, false, false, dibao, {}},
    {L::tekun, "tekun", "民政局", "特困供养", xlsx, 2, true, false, false, tekun, {}},
    {L::insured, "insured", "医保局", "参保", utf8_csv, 1, false, false, false, insured, {}},
    {L::employment, "employment", "人社局", "务工台账", utf8_csv, 1, true, true, false, employment,
     employment_words},
    {L::income, "income", "农业农村局", "收入台账", utf8_csv, 1, true, true, false, income, {}},
    {L::payments, "payments", "财政局", "一卡通发放", gb18030_csv, 1, true, false, true, payments,
     payment_words},
    {L::medical, "medical", "医保局", "结算", gb18030_csv, 1, true, false, true, medical, {}},
    {L::certificates,
     "certificates",
     "人社局",
     "技能证书",
     utf8_csv,
     1,
     false,
     false,
     false,
     certificates,
     {}},
    {L::property_checks,
     "property_checks",
     "民政局",
     "家庭财产核对",
     utf8_csv,
     1,
     true,
     false,
     false,
     property_checks,
     {}},
    {L::relief_requests,
     "relief_requests",
     "民政局",
     "临时救助",
     xlsx,
     2,
     true,
     false,
     false,
     relief_requests,
     {}},
    {L::measures_taken, "measures_taken", "农业农村局", "帮扶措施", utf8_csv, 1, true, false, false,
     measures_taken, measure_words},
    {L::projects, "projects", "农业农村局", "产业项目", xlsx, 3, false, false, false, projects, {}},
    {L::ties, "ties", "农业农村局", "联农带农", utf8_csv, 1, true, false, false, ties, {}},
    {L::fund_lines,
     "fund_lines",
     "财政局",
     "衔接资金",
     xlsx,
     3,
     false,
     false,
     false,
     fund_lines,
     {}},
    {L::support_villages,
     "support_villages",
     "组织部",
     "扶持村",
     utf8_csv,
     1,
     false,
     false,
     false,
     support_villages,
     {}},
    {L::support_grants,
     "support_grants",
     "组织部",
     "扶持资金到位",
     utf8_csv,
     1,
     true,
     false,
     false,
     support_grants,
     {}},
    {L::vehicles, "vehicles", "公安局", "机动车", gb18030_csv, 1, true, false, false, vehicles, {}},
    {L::public_pay,
     "public_pay",
     "编办",
     "财政供养人员",
     gb18030_csv,
     1,
     true,
     false,
     false,
     public_pay,
     {}},
    {L::crop_areas,
     "crop_areas",
     "农业农村局",
     "种植面积核实",
     utf8_csv,
     1,
     false,
     false,
     false,
     crop_areas,
     {}},
    {L::pv_output,
     "pv_output",
     "供电公司",
     "屋顶光伏发电",
     utf8_csv,
     1,
     true,
     false,
     false,
     pv_output,
     {}},
    {L::rural_income,
     "rural_income",
     "统计局",
     "农村居民收入",
     utf8_csv,
     1,
     false,
     false,
     false,
     rural_income,
     {}},
    {L::visits, "visits", "农业农村局", "入户走访", utf8_csv, 1, true, false, false, visits, {}},
};
static_assert(std::size(forms) == ledger_count);

}  // namespace

const Form& form_of(Ledger ledger) {
    const Form& form = forms[static_cast<std::size_t>(ledger)];
    ZS_INVARIANT(form.ledger == ledger, "the forms stand in the order of the ledgers");
    return form;
}

std::string mapping_of(const Form& form) {
    std::string map;
    if (form.header_row != 1) map += fmt::format("header_row = {}\n\n", form.header_row);
    map += "[columns]\n";
    for (const Column& column : form.columns)
        if (!column.field.empty())
            map += fmt::format("\"{}\" = \"{}\"\n", column.header, column.field);
    std::string_view field;
    for (const Word& word : form.words) {
        if (word.field != field) map += fmt::format("\n[codes.{}]\n", word.field);
        field = word.field;
        map += fmt::format("\"{}\" = \"{}\"\n", word.said, word.code);
    }
    return map;
}

}  // namespace zs::simulate
