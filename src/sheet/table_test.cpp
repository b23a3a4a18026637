#include "sheet/table.h"

#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <unistd.h>
#include <zip.h>

#include "base/failure.h"
#include "sheet/workbook.h"

namespace zs::sheet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Tables : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ =
            std::filesystem::temp_directory_path() / ("zs_sheet_" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path written(const std::string& name, const std::string& bytes) {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
        return folder_ / name;
    }

    /// A workbook of these entries, compressed.
    std::filesystem::path zipped(const std::map<std::string, std::string>& entries) {
        const std::filesystem::path file = folder_ / "book.xlsx";
        zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
        for (const auto& [name, text] : entries)
            zip_file_add(archive, name.c_str(),
                         zip_source_buffer(archive, text.data(), text.size(), 0), 0);
        EXPECT_EQ(zip_close(archive), 0);
        return file;
    }

    /// With the parts that every workbook has, and one sheet of these rows.
    std::filesystem::path workbook(const std::string& rows, const std::string& shared = "",
                                   const std::string& styles = "") {
        std::map<std::string, std::string> entries{
            {"[Content_Types].xml", "<Types/>"},
            {"xl/workbook.xml",
             "<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" sheetId=\"1\" "
             "r:id=\"rId1\"/></sheets></workbook>"},
            {"xl/_rels/workbook.xml.rels",
             "<Relationships><Relationship Id=\"rId1\" Type=\"worksheet\" "
             "Target=\"worksheets/sheet1.xml\"/></Relationships>"},
            {"xl/worksheets/sheet1.xml",
             "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}};
        if (!shared.empty()) entries["xl/sharedStrings.xml"] = "<sst>" + shared + "</sst>";
        if (!styles.empty()) entries["xl/styles.xml"] = "<styleSheet>" + styles + "</styleSheet>";
        return zipped(entries);
    }

    std::filesystem::path folder_;
};

std::vector<std::vector<std::string>> rows_of(const std::filesystem::path& file) {
    std::vector<std::vector<std::string>> rows;
    const auto reader = open_table(file);
    for (RawRow row; reader->next(row);) {
        rows.emplace_back();
        for (const Cell& cell : row.cells) rows.back().push_back(cell.text);
    }
    return rows;
}

std::string refusal(const std::filesystem::path& file) {
    try {
        rows_of(file);
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.fault(), base::Fault::input);
        return failure.what();
    }
    return "taken";
}

TEST_F(Tables, ReadsQuotesLineEndsAndBlankRows) {
    EXPECT_THAT(rows_of(written("a.csv", "甲,乙\r\n\"一,\n二\",\"说\"\"话\"\r\n\r\n3,4")),
                ElementsAre(ElementsAre("甲", "乙"), ElementsAre("一,\n二", "说\"话"),
                            ElementsAre("3", "4")));
}

TEST_F(Tables, KnowsTheLineOnWhichARowBegins) {
    const auto reader = open_table(written("a.csv", "a,b\n\"1\n2\",3\n4,5\n"));
    RawRow row;
    for (const std::int64_t line : {1, 2, 4}) {
        ASSERT_TRUE(reader->next(row));
        EXPECT_EQ(row.line, line);
    }
}

TEST_F(Tables, TellsEncodingsApart) {
    EXPECT_THAT(rows_of(written("bom.csv", "\xEF\xBB\xBF姓,1\n")),
                ElementsAre(ElementsAre("姓", "1")));
    EXPECT_THAT(rows_of(written("gb.csv", "\xD0\xD5,1\n")), ElementsAre(ElementsAre("姓", "1")));
    EXPECT_THAT(rows_of(written("gb.jsonl", "{\"a\": \"\xD0\xD5\"}\n")),
                ElementsAre(ElementsAre("a"), ElementsAre("姓")));
}

TEST_F(Tables, KnowsTheSeparatorByTheHeader) {
    EXPECT_THAT(rows_of(written("tab.csv", "人\t工资\n一\t1,234,567.50\n")),
                ElementsAre(ElementsAre("人", "工资"), ElementsAre("一", "1,234,567.50")));
    EXPECT_THAT(rows_of(written("semicolon.csv", "人;工资\n一;1,234.50\n")),
                ElementsAre(ElementsAre("人", "工资"), ElementsAre("一", "1,234.50")));
    EXPECT_THAT(
        rows_of(written("comma.csv", "表一\n人,\"去;过\"\n一,a;b;c\n")),
        ElementsAre(ElementsAre("表一"), ElementsAre("人", "去;过"), ElementsAre("一", "a;b;c")));
}

TEST_F(Tables, RefusesWhatIsNoText) {
    EXPECT_THAT(refusal(written("utf16.csv", std::string("\xFF\xFE"
                                                         "a\0\n\0",
                                                         6))),
                HasSubstr("UTF-16"));
    EXPECT_THAT(refusal(written("empty.csv", "")), HasSubstr("the file is empty"));
    EXPECT_THAT(refusal(written("nul.csv", std::string("a,b\n1\0,2\n", 9))), HasSubstr("NUL"));
    EXPECT_THAT(refusal(written("mixed.csv", "\xEF\xBB\xBF姓,\xD0\xD5\n")),
                HasSubstr("begins as UTF-8 and goes on with bytes that are none"));
    EXPECT_THAT(refusal(written("open.csv", "a\n\"1\n2\n")), HasSubstr("a quote is never closed"));
    EXPECT_THAT(refusal(folder_ / "none.csv"), HasSubstr("cannot be read"));
}

TEST_F(Tables, RefusesARowOfMoreThanAMegabyte) {
    EXPECT_THAT(refusal(written("long.csv", "a\n" + std::string((1u << 20) + 1, 'x') + "\n")),
                HasSubstr("longer than 1 MB"));
    EXPECT_EQ(rows_of(written("fits.csv", "a\n" + std::string((1u << 20) - 10, 'x') + "\n")).size(),
              2u);
}

TEST_F(Tables, ReadsSharedInlineAndPlainCells) {
    const auto file = workbook(
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"C2\" "
        "t=\"inlineStr\"><is><t>内</t><rPh><t>nei</t></rPh></is></c><c "
        "r=\"D2\"><v>4.10526E+17</v></c><c r=\"E2\" "
        "t=\"b\"><v>1</v></c></row>",
        "<si><t>零</t></si><si><r><t>一</t></r><r><t>一</t></r></si>");
    const auto reader = open_table(file);
    RawRow row;
    ASSERT_TRUE(reader->next(row));
    EXPECT_EQ(row.line, 2);
    ASSERT_EQ(row.cells.size(), 5u);
    EXPECT_EQ(row.cells[0].text, "一一");
    EXPECT_EQ(row.cells[1].kind, Cell::Kind::empty);
    EXPECT_EQ(row.cells[2].text, "内");
    EXPECT_EQ(row.cells[3].kind, Cell::Kind::number);
    EXPECT_EQ(row.cells[3].text, "4.10526E+17");
    EXPECT_EQ(row.cells[4].kind, Cell::Kind::boolean);
    EXPECT_FALSE(reader->next(row));
}

TEST_F(Tables, TakesAFormulaThatWasNeverCalculatedForAnError) {
    const auto file = workbook(
        "<row r=\"1\"><c r=\"A1\"><f>1+1</f><v>2</v></c><c r=\"B1\"><f>1+1</f></c><c "
        "r=\"C1\"><f>1+1</f><v/></c><c r=\"D1\" t=\"str\"><f>\"\"</f><v></v></c><c "
        "r=\"E1\"><v>3</v></c></row>",
        "");
    const auto reader = open_table(file);
    RawRow row;
    ASSERT_TRUE(reader->next(row));
    ASSERT_EQ(row.cells.size(), 5u);
    EXPECT_EQ(row.cells[0].text, "2");
    EXPECT_EQ(row.cells[1].kind, Cell::Kind::error);
    EXPECT_EQ(row.cells[2].kind, Cell::Kind::error);
    EXPECT_EQ(row.cells[3].kind, Cell::Kind::empty);
    EXPECT_EQ(row.cells[4].text, "3");
}

TEST_F(Tables, ReadsDatesByTheirFormat) {
    const auto file = workbook(
        "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>45536</v></c><c r=\"B1\" "
        "s=\"0\"><v>45536</v></c></row>",
        "", "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>");
    EXPECT_THAT(rows_of(file), ElementsAre(ElementsAre("2024-09-01", "45536")));
}

TEST_F(Tables, RefusesRowsThatDoNotAscend) {
    const std::string cell = "<c><v>1</v></c></row>";
    EXPECT_THAT(refusal(workbook("<row r=\"2\">" + cell + "<row r=\"2\">" + cell)),
                HasSubstr("its rows do not ascend after 2"));
    EXPECT_THAT(refusal(workbook("<row r=\"3\">" + cell + "<row r=\"2\">" + cell)),
                HasSubstr("do not ascend"));
    EXPECT_THAT(refusal(workbook("<row r=\"-3\">" + cell)), HasSubstr("do not ascend"));
    EXPECT_THAT(refusal(workbook("<row r=\"99999999999999999999\">" + cell)),
                HasSubstr("do not ascend"));
}

TEST_F(Tables, ReadsWhatTheWriterWrites) {
    {
        Workbook book(folder_ / "own.xlsx");
        book.add_sheet("收入/支出[一]");
        book.add_row({"名", std::nullopt, "数"}, true);
        book.set_text(0, "甲");
        book.set_date(1, "2024-09-30");
        book.set_number(2, 4200.5);
        book.end_row();
        book.close();
    }
    EXPECT_THAT(
        rows_of(folder_ / "own.xlsx"),
        ElementsAre(ElementsAre("名", "", "数"), ElementsAre("甲", "2024-09-30", "4200.5")));
}

TEST_F(Tables, RefusesAWorkbookThatUnpacksWithoutMeasure) {
    const std::string endless(220u << 20, ' ');
    EXPECT_THAT(refusal(workbook(endless)), HasSubstr("unpacks to far more"));
}

TEST_F(Tables, RefusesWorkbooksThatAreCutShortLockedOrNone) {
    std::string bytes;
    {
        std::ifstream in(workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"), std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    EXPECT_THAT(refusal(written("short.xlsx", bytes.substr(0, bytes.size() / 2))),
                HasSubstr("damaged or cut short"));
    EXPECT_THAT(refusal(written("locked.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")),
                HasSubstr("encrypted"));
    EXPECT_THAT(refusal(zipped({{"readme.txt", "no workbook"}})), HasSubstr("workbook"));
    EXPECT_THAT(refusal(workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></row>")), HasSubstr("damaged"));
}

TEST_F(Tables, ReadsJsonLinesByTheKeysOfTheFirst) {
    EXPECT_THAT(
        rows_of(written("a.jsonl", "{\"a\": 1.25, \"b\": \"x\"}\n{\"b\": \"y\", \"a\": null}\n")),
        ElementsAre(ElementsAre("a", "b"), ElementsAre("1.25", "x"), ElementsAre("", "y")));
    EXPECT_THAT(
        rows_of(written(
            "b.jsonl",
            "\xEF\xBB\xBF{\"a\": [\"x\", 2], \"b\": {\"c\": 1}}\n{\"b\": 410101199001010000}\n")),
        ElementsAre(ElementsAre("a", "b"), ElementsAre("x;2", "{\"c\":1}"),
                    ElementsAre("", "410101199001010000")));
    EXPECT_NE(refusal(written("bad.jsonl", "{\"a\": 1}\n{\"a\": \n")), "taken");
}

}  // namespace
}  // namespace zs::sheet
