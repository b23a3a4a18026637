#pragma once

#include <string>
#include <vector>

#include "simulate/desk.h"
#include "simulate/dice.h"
#include "simulate/divisions.h"
#include "simulate/identity.h"
#include "simulate/world.h"

namespace zs::simulate {

/// What is true, told apart from what the files say; lines of CSV without their header.
struct Truth {
    std::string at_risk;          ///< household,month,why
    std::string missed_benefits;  ///< person,benefit,period,due,paid,how
    std::string invented_income;  ///< village,household,how,month
    std::string in_need;  ///< household,month: by its true income 低保 was its due and not drawn
};

/// A county in the making: what the steps of a month share.
struct Scene {
    const Setting& setting;
    const CountyPlan& county;
    const std::vector<std::string>& employers;  ///< keys of the county's enterprises
    Identities& identities;
    Desk& desk;
    Truth& truth;
    Village* village = nullptr;
    bool beginning = false;  ///< the registers are being written for the first time

    /// Changes before the registers begin, and in their first month, are in what they begin with.
    bool registers(base::Month month) const { return beginning || month > setting.history; }

    void file(Ledger ledger, base::Month month, std::vector<std::string> cells) {
        desk.file(ledger, month, village->town, std::move(cells));
    }
    Dice dice(Matter matter, const Household& household, base::Month month,
              std::uint64_t person = 0) const {
        return Dice(
            setting.seed, matter,
            {village->number, household.number, person, static_cast<std::uint64_t>(month.index)});
    }
};

/// The steps of one household's month, in this order.
void live(Scene& scene, Household& household,
          base::Month month);  ///< births, deaths, moves, school, health
void work(Scene& scene, Household& household, base::Month month);   ///< who works where for what
void serve(Scene& scene, Household& household, base::Month month);  ///< public-service posts
void earn(Scene& scene, Household& household,
          base::Month month);  ///< income by item, as it is and as it is stated
void pay(Scene& scene, Household& household,
         base::Month month);  ///< what departments pay through the one card
void secure(Scene& scene, Household& household,
            base::Month month);  ///< 低保, 特困, relief, checks of property
void cure(Scene& scene, Household& household, base::Month month);  ///< medicine and its bills
void judge(Scene& scene, Household& household,
           base::Month month);  ///< at risk or not; monitoring, measures, visits

/// The rows with which registers begin, in the first month of the files.
void register_all(Scene& scene, Household& household);
/// A person's row of the register in `month`'s file.
void register_person(Scene& scene, const Household& household, const Person& person,
                     base::Month month);
void register_monitoring(Scene& scene, const Household& household, base::Month month);
void register_student(Scene& scene, const Person& person, Stage stage, base::Month since,
                      std::optional<base::Month> ended, base::Month month);
void register_post(Scene& scene, const Person& person, base::Month month);

/// A payment that reached `person`; it counts as the household's transfer (or wage) of that month.
struct Payment {
    std::string_view benefit;
    base::Date date;
    base::Month for_month;
    std::optional<base::Date> due;
    Fen paid = 0;
};
void hand_over(Scene& scene, Household& household, const Person& person, const Payment& payment);

/// The person who draws what is paid to the household: its head, else its oldest member.
const Person* drawer(const Household& household, base::Month month);

std::string yes(bool value);
std::string month_cell(std::optional<base::Month> month);

}  // namespace zs::simulate
