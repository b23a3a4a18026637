#pragma once

#include "intake/header.h"
#include "plan/model.h"
#include "sheet/table.h"

namespace zs::intake {

/// A row that is no subject's: a total (合计, 小计), who filled the table in (填表人：…), a note,
/// the mark that DOS put at a file's end.
bool is_total_or_signature(const sheet::RawRow& row, const Header& header,
                           const plan::Ledger& ledger);

}  // namespace zs::intake
