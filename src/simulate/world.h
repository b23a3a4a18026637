#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/month.h"

namespace zs::simulate {

/// Money in the made-up world: fen, never a fraction of one.
using Fen = std::int64_t;
constexpr Fen yuan(double amount) { return static_cast<Fen>(amount) * 100; }

enum class Place : std::uint8_t { nowhere, out_of_province, in_province, in_county };
enum class Trade : std::uint8_t { garment, electronics, construction, service, farming, other };
enum class Labour : std::uint8_t { ordinary, skilled, weak, lost, none };
/// At school, or not: the stages of the school register.
enum class Stage : std::uint8_t {
    none,
    preschool,
    primary,
    junior,
    senior,
    secondary_vocational,
    higher_vocational,
    university
};
/// How a village makes its income figures look better than they are.
enum class Invention : std::uint8_t {
    none,
    copied_rows,
    flat_growth,
    wage_without_work,
    quantity_mismatch
};

/// What may bring a household down; the words of the register's risks.
enum class Risk : std::uint8_t {
    illness,
    disability,
    schooling,
    disaster,
    project_failure,
    unstable_work,
    no_labour
};

/// A public-service post somebody holds.
struct Post {
    std::string_view kind;  ///< 保洁员 …
    std::string_view fund;  ///< 光伏 …
    Fen pay = 0;            ///< a month
    base::Month since;
    std::optional<base::Month> ended;  ///< the first month without it
};

struct Person {
    int number = 0;   ///< within the household, from 1; never used twice
    std::string key;  ///< 人口编号
    std::string id;   ///< a made-up number of GB 11643
    std::string name;
    std::string phone;
    std::string_view relation;  ///< 与户主关系
    char sex = 'm';
    base::Date birth;
    bool married = false;

    double schooling_fate = 0;  ///< 0 leaves early … 1 goes to university
    bool chronic = false;
    bool severe = false;
    int disability_kind = 0;   ///< 1–7 of GB/T 26341, 0 none
    int disability_grade = 0;  ///< 1 heaviest … 4
    bool cannot_work = false;  ///< lost ability to work before old age
    bool skilled = false;
    double vigour = 0;      ///< 0 … 1: how surely in work when able
    double wage_level = 1;  ///< own wage against the usual one of place and trade
    Place usual_place = Place::nowhere;
    Trade trade = Trade::other;
    std::string employer;  ///< key of an enterprise of the county, empty away from it
    bool cadre_kin = false;
    bool tekun = false;

    Labour labour = Labour::none;  ///< as the register has it
    Stage stage = Stage::none;
    base::Month stage_since;
    base::Month since;                ///< of the register's row in force
    base::Month joined;               ///< first month as a member
    std::optional<base::Month> left;  ///< first month no longer a member
    bool dead = false;

    /// By month from the dawn: where the person worked and for what pay.
    std::vector<Place> places;
    std::vector<Fen> wages;
    std::optional<base::Month> idle_until;  ///< lost work; finds none before this month
    std::optional<Post> post;
    /// Two months running whose post pay was never handed over; no month if none.
    std::optional<base::Month> post_unpaid;

    bool is_member(base::Month month) const { return joined <= month && (!left || month < *left); }
    int age(base::Month month) const;  ///< full years at the month's end
};

/// One line of what a household states it earned or spent in a month.
struct Entry {
    std::string_view item;                 ///< W10, B10 … of the item list
    int member = 0;                        ///< number of the person, 0 where it is the household's
    std::optional<std::int64_t> quantity;  ///< hundredths of the item's unit
    Fen amount = 0;
    std::string_view line;  ///< what it was spent on; tells two lines of one item apart
};

/// What truly came in and went out in a month.
struct Account {
    Fen wage = 0, operation = 0, property = 0, transfer = 0, expense = 0;
    Fen dibao = 0;  ///< the part of transfer that is 低保
    Fen rigid = 0;  ///< self-paid medicine and schooling
    int members = 0;
    Fen net() const { return wage + operation + property + transfer - expense; }
};

/// A spell in the monitoring register.
struct Monitoring {
    std::string_view kind;  ///< 脱贫不稳定户 …
    std::string risks;      ///< joined by ；
    Risk main = Risk::illness;
    base::Month since;
    std::optional<base::Month> cleared;
    std::string_view how;
    std::string helper;  ///< a telephone number
};

/// The way a household lives off its land and stock.
struct Farm {
    double land_mu = 0;
    double rented_out_mu = 0;
    Fen rent_a_mu = 0;
    std::string_view summer_crop;  ///< B10 or B21; empty: none
    std::string_view autumn_crop;
    std::string_view extra;  ///< vegetables, tea, mushrooms …; empty: none
    double extra_mu = 0;
    std::string_view stock;  ///< B40 …; empty: none
    int stock_heads = 0;     ///< sold in a year
    std::string_view shop;   ///< B60 …; empty: none
    Fen shop_a_month = 0;
    bool courtyard = false;
};

struct Household {
    std::string key;           ///< 户编号
    std::uint64_t number = 0;  ///< within the village, from 1
    bool lifted = false;
    bool stable = false;
    bool relocated = false;
    std::string_view house_grade;
    bool safe_water = true;
    double pv_kw = 0;
    double luck = 1;  ///< what its wages have in common
    Farm farm;
    Fen support_a_month = 0;  ///< from children who live apart
    Fen dividend_a_year = 0;
    Fen savings = 0;
    std::string car_plate;  ///< empty: none
    Fen car_worth = 0;
    std::vector<Person> members;  ///< all who ever were
    int next_number = 1;
    base::Month since;
    std::optional<base::Month> ended;

    std::vector<Monitoring> monitored;  ///< the last is the one in force
    Fen dibao = 0;                      ///< monthly supplement in force; 0 none
    bool single_cover = false;          ///< drawn for one gravely ill or disabled member alone
    std::optional<base::Month> dibao_leaving;
    bool dibao_missed = false;               ///< the office will never find this one
    int in_need = 0;                         ///< running months of need without 低保
    std::vector<Account> accounts;           ///< by month from the dawn
    std::vector<std::vector<Entry>> stated;  ///< likewise
    std::optional<base::Month> shock;        ///< the month of its latest blow
    Risk shock_kind = Risk::illness;
    int at_risk_months = 0;

    bool in_scope(base::Month month) const;  ///< lifted, or monitored at the month's end
    bool is_open(base::Month month) const;   ///< monitored, risk not cleared
    int size(base::Month month) const;
    bool has_able(base::Month month) const;
    /// The sum of the last twelve months up to the one at `index`; members of that month.
    Account last_year(std::size_t index) const;
};

struct Village {
    std::string code;
    std::string name;
    std::size_t town = 0;      ///< place among the county's towns
    std::uint64_t number = 0;  ///< the code as a number
    double wage_level = 1;
    double yield = 1;
    Fen rent_a_mu = 0;
    bool has_pv_station = false;
    bool supported = false;  ///< gets the grant for its collective economy
    Invention invention = Invention::none;
    base::Month invention_since;
    std::vector<Household> households;
};

/// What the whole population shares.
struct Setting {
    std::uint64_t seed = 0;
    base::Month dawn;     ///< the world begins here, 16 months before its first file
    base::Month history;  ///< first month of the files
    base::Month first;    ///< first month asked for
    base::Month last;

    std::size_t index(base::Month month) const {
        return static_cast<std::size_t>(month.index - dawn.index);
    }
    base::Month month(std::size_t index) const { return dawn.plus(static_cast<int>(index)); }
};

/// `W10` …: what kind of income an item is: 'w' wage, 'b' operation, 'p' property, 't' transfer,
/// 'x' expense, 'n' none of them.
char kind_of(std::string_view item);
bool is_able(Labour labour);
std::string_view title(Place place);
std::string_view title(Trade trade);
std::string_view title(Labour labour);
std::string_view title(Stage stage);
std::string_view title(Risk risk);
std::string_view word(Invention invention);

/// `12.30`.
std::string money(Fen amount);

}  // namespace zs::simulate
