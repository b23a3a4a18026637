#include "intake/source.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "intake/staged_file.h"

namespace zs::intake {

namespace {

class FileSource : public Source {
public:
    explicit FileSource(StagedFile file) : file_(std::move(file)) {}
    std::string name() const override { return file_.name(); }
    std::string digest() const override { return file_.digest(); }

protected:
    StagedFile file_;
};

class TableSource final : public FileSource {
public:
    using FileSource::FileSource;
    void each(const Wanted& wanted, const Take& take) const override {
        const auto reader = sheet::open_table(file_.copy(), wanted.options);
        sheet::RawRow row;
        std::string sheet;
        std::size_t rows = 0;
        while (reader->next(row)) {
            rows = row.sheet == sheet ? rows + 1 : 1;
            sheet = row.sheet;
            take(row, reader->late_names());
            if (rows >= wanted.rows_max) reader->pass_sheet();
        }
    }
    std::size_t sheets(const sheet::Options& options) const override {
        if (!sheet::is_package(file_.copy())) return 1;
        return sheet::open_table(file_.copy(), options)->sheets();
    }
};

class ParquetSource final : public FileSource {
public:
    ParquetSource(StagedFile file, engine::Settings settings)
        : FileSource(std::move(file)), settings_(std::move(settings)) {}
    void each(const Wanted& wanted, const Take& take) const override {
        if (!wanted.options.sheet.empty())
            throw base::Failure(base::Fault::input,
                                base::said("只有工作簿才有工作表", "only a workbook has sheets"),
                                name(), base::said("去掉 --sheet", "leave out --sheet"));
        engine::Settings settings = settings_;
        settings.database.clear();
        engine::Connection connection = engine::Connection::open(settings);
        const std::string from = fmt::format("read_parquet({}, hive_partitioning = false)",
                                             engine::literal(file_.copy().string()));
        const std::vector<std::string> none;
        const std::vector<Column> columns = described(connection, from);
        sheet::RawRow header;
        std::vector<std::string> texts;
        for (const Column& column : columns) {
            header.cells.push_back({sheet::Cell::Kind::text, column.name});
            texts.push_back(column.as_text());
        }
        take(header, none);
        sheet::RawRow row;
        bool reading = true;  // not what is done with a row
        const auto take_row = [&](const std::vector<engine::Cell>& cells) {
            ++row.line;
            row.cells.clear();
            bool filled = false;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                filled = filled || cells[i];
                row.cells.push_back(cells[i] ? sheet::Cell{columns[i].kind(), *cells[i]}
                                             : sheet::Cell{});
            }
            reading = false;
            if (filled) take(row, none);
            reading = true;
        };
        try {
            connection.stream(fmt::format("select {} from {}", base::join(texts, ", "), from),
                              take_row);
        } catch (const engine::EngineFailure& failure) {
            if (!reading) throw;
            refuse();
        }
    }

private:
    struct Column {
        std::string name;
        std::string type;  ///< as the engine calls it

        /// SQL: its values as people write them; of a list (a set of codes) joined.
        std::string as_text() const {
            const std::string column = engine::quoted(name);
            return type.ends_with("[]") ? fmt::format("array_to_string({}, ';')", column)
                                        : fmt::format("cast({} as varchar)", column);
        }
        /// A double is no more exact here than in a workbook.
        sheet::Cell::Kind kind() const {
            return type == "DOUBLE" || type == "FLOAT" ? sheet::Cell::Kind::number
                                                       : sheet::Cell::Kind::text;
        }
    };

    std::vector<Column> described(engine::Connection& connection, const std::string& from) const {
        try {
            std::vector<Column> columns;
            for (const auto& row :
                 connection.query(fmt::format("describe select * from {}", from)).cells)
                columns.push_back({row[0].value(), row[1].value()});
            return columns;
        } catch (const engine::EngineFailure& failure) {
            refuse();
        }
    }
    [[noreturn]] void refuse() const {
        throw base::Failure(base::Fault::input,
                            base::said("Parquet 文件读不了", "the Parquet file cannot be read"),
                            name(),
                            base::said("文件坏了或不完整，请重新交来",
                                       "deliver it again: it is damaged or cut short"));
    }
    engine::Settings settings_;
};

class RowsSource final : public Source {
public:
    RowsSource(std::string name, std::vector<sheet::RawRow> rows)
        : name_(std::move(name)), rows_(std::move(rows)) {}
    void each(const Wanted& /*wanted*/, const Take& take) const override {
        for (const sheet::RawRow& row : rows_) take(row, {});
    }
    std::string name() const override { return name_; }
    std::string digest() const override {
        base::Sm3 digest;
        for (const sheet::RawRow& row : rows_) {
            digest.add(fmt::format("{}\n", row.line));
            for (const sheet::Cell& cell : row.cells)
                digest.add(fmt::format("{}:{}:{}{}\n", static_cast<int>(cell.kind),
                                       cell.text.size(), cell.text, cell.shown));
        }
        return digest.finish();
    }

private:
    std::string name_;
    std::vector<sheet::RawRow> rows_;
};

}  // namespace

std::unique_ptr<Source> open_source(const std::filesystem::path& file,
                                    const std::filesystem::path& staging,
                                    const engine::Settings& settings) {
    StagedFile staged(file, staging);
    if (sheet::is_parquet(staged.copy()))
        return std::make_unique<ParquetSource>(std::move(staged), settings);
    return std::make_unique<TableSource>(std::move(staged));
}

std::unique_ptr<Source> rows_source(std::string name, std::vector<sheet::RawRow> rows) {
    return std::make_unique<RowsSource>(std::move(name), std::move(rows));
}

}  // namespace zs::intake
