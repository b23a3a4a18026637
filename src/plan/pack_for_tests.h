#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/check.h"

/// A small pack without faults, to which a test adds a clause of its own. For tests of this room.
namespace zs::plan::for_tests {

inline const char* const plan_toml = R"(language = 1
name     = "small"
title    = "小方案"
months   = "2024-01..2025-12"
)";

inline const char* const base_md = R"md(# 基础

```codelist place
title = "务工地点"
[codes]
out = { title = "省外", near = false }
in  = { title = "县内", near = true }
```

```codelist risk
title = "风险"
[codes]
illness = "因病"
job = "失业"
```

```ledger households
title  = "户"
grain  = "household"
period = "span"
[fields]
in_scope = { type = "bool", title = "在范围" }
members  = { type = "int", title = "人口", required = true, unit = "人" }
area     = { type = "decimal(8,2)", title = "面积", required = true, unit = "亩" }
```

```ledger people
title  = "人"
grain  = "person"
period = "span"
[fields]
household = { type = "key:household", title = "户", required = true }
id        = { type = "id_number", title = "身份证号" }
full_name = { type = "name", title = "姓名" }
mobile    = { type = "phone", title = "电话" }
birth     = { type = "date", title = "出生日期", required = true }
```

```ledger employment
title    = "务工"
grain    = "person"
period   = "month"
delivery = { by = "village", due = 10 }
[fields]
place = { type = "code:place", title = "地点", required = true }
wage  = { type = "money", title = "月工资", required = true, unit = "元" }
bonus = { type = "money", title = "奖金", unit = "元" }
```

```grain household
title  = "户"
ledger = "households"
```

```grain person
title  = "人"
ledger = "people"
parent = "household"
```

```parameter line
title = "监测线"
type  = "money"
values = [ { from = "2024-01", value = 8300 } ]
```

```feature person.wages
from  = "employment"
value = "sum(wage)"
```

```feature person.months_out
from  = "employment"
where = "place = 'out'"
value = "month_set(month)"
```

```feature person.months_year
value = "count_months(months_out['calendar_year'])"
```
)md";

inline Checked checked(std::string_view clause) {
    return check_texts(
        {{"plan.toml", plan_toml}, {"base.md", base_md}, {"条款.md", std::string(clause)}});
}

/// A block of the pack, fenced.
inline std::string block(std::string_view info, std::string_view toml) {
    return "```" + std::string(info) + "\n" + std::string(toml) + "\n```\n";
}

/// All errors, as shown, one after the other.
inline std::string errors_of(const Checked& checked) {
    std::string all;
    for (const Diagnostic& d : checked.diagnostics)
        if (d.severity == Diagnostic::Severity::error) all += rendered(d);
    return all;
}
inline std::string errors(std::string_view clause) { return errors_of(checked(clause)); }

/// All warnings but those for want of examples.
inline std::string warnings(std::string_view clause) {
    std::string all;
    for (const Diagnostic& d : checked(clause).diagnostics)
        if (d.severity == Diagnostic::Severity::warning && d.id != "no-example") all += rendered(d);
    return all;
}

}  // namespace zs::plan::for_tests
