#include "sheet/table.h"

#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <zip.h>

#include "base/failure.h"
#include "base/temporary_folder_for_tests.h"
#include "sheet/csv_writer.h"
#include "sheet/mark.h"
#include "sheet/workbook.h"

namespace zs::sheet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Tables : public ::testing::Test {
protected:
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

    base::TemporaryFolder folder_;
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

TEST_F(Tables, ReadsUtf16ByItsMark) {
    EXPECT_THAT(rows_of(written("little.csv", std::string("\xFF\xFE\xD3\x59,\0"
                                                          "1\0\n\0",
                                                          10))),
                ElementsAre(ElementsAre("姓", "1")));
    EXPECT_THAT(rows_of(written("big.csv", std::string("\xFE\xFF\x59\xD3\0,\0"
                                                       "1\0\n",
                                                       10))),
                ElementsAre(ElementsAre("姓", "1")));
}

TEST_F(Tables, SaysOfUtf16WithoutItsMarkWhatItIs) {
    using namespace std::string_literals;
    // The low byte of 一 is zero, too.
    for (const std::string& text : {"\x00\x4E,\0\n\0"
                                    "1\0,\0\n\0"s,
                                    "\x4E\x00\0,\0\n\0"
                                    "1\0,\0\n"s})
        EXPECT_THAT(refusal(written("u.csv", text)),
                    AllOf(HasSubstr("UTF-16"), HasSubstr("u.csv line 1")));
    EXPECT_THAT(refusal(written("zero.csv", "a,b\n1,\0\n2,3\n"s)), Not(HasSubstr("UTF-16")));
}

TEST_F(Tables, SaysTheLineOfAByteThatIsNoText) {
    EXPECT_THAT(refusal(written("utf8.csv", "人,备注\n甲,务工\n乙,务\xE5\n丙,务工\n")),
                HasSubstr("utf8.csv line 3"));
    // Such a byte is half a letter of GB18030: the text would come out as other letters.
    EXPECT_THAT(refusal(written("even.csv", "a,b\n1,在郑州务工\n2,省外\xE5\x9C\n")),
                HasSubstr("even.csv line 3"));
    EXPECT_THAT(refusal(written("gb.csv", "\xD0\xD5\n\xD0\xD5\n\xD0\xFF\n")),
                HasSubstr("neither UTF-8 nor GB18030: gb.csv line 3"));
    EXPECT_THAT(refusal(written("bom.csv", "\xEF\xBB\xBF姓\n\xD0\xD5\n")), HasSubstr("line 2"));
}

TEST_F(Tables, ReadsTheRowsBelowAStrayQuote) {
    const auto file =
        written("a.csv", "户,备注,月补差\nh1,\"新增,400\nh2,\"续保\",450\nh3,备注,500\n");
    const auto reader = open_table(file);
    std::vector<std::pair<std::int64_t, std::string>> faults;
    for (RawRow row; reader->next(row);) faults.emplace_back(row.line, row.fault_code);
    EXPECT_THAT(faults, ElementsAre(std::pair(1, ""), std::pair(2, "columns"), std::pair(3, ""),
                                    std::pair(4, "")));
}

TEST_F(Tables, TellsARowThatSwallowsOthers) {
    // Each of two quotes is opened by mistake, and the second is never closed.
    const auto known = [](const RawRow& row) {
        return static_cast<std::size_t>(row.cells[0].text == "户" ? row.cells.size() : 0);
    };
    const auto file = written(
        "a.csv",
        "户,备注,月补差\nh1,\"新增,400\nh2,续保\",450\nh3,\"两\n行\",500\nh4,\"补,1\nh5,,2\n");
    const auto reader = open_table(file, {.sheet = {}, .known_names = known});
    std::vector<std::pair<std::int64_t, std::string>> faults;
    for (RawRow row; reader->next(row);) faults.emplace_back(row.line, row.fault_code);
    EXPECT_THAT(faults, ElementsAre(std::pair(1, ""), std::pair(2, "columns"), std::pair(3, ""),
                                    std::pair(4, ""), std::pair(6, "columns"), std::pair(7, "")));
}

TEST_F(Tables, TakesTheSeparatorByWhichNamesAreFound) {
    const auto known = [](const RawRow& row) {
        std::size_t names = 0;
        for (const Cell& cell : row.cells)
            names += cell.text == "人" || cell.text == "月工资" ? 1 : 0;
        return names;
    };
    const auto reader =
        open_table(written("a.csv", "单位：局;填报人：甲;日期：9月\n人,月工资\np1,1\n"),
                   {.sheet = {}, .known_names = known});
    RawRow row;
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(reader->next(row));
    EXPECT_EQ(row.cells.size(), 2u);
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

TEST_F(Tables, CountsCellsThatSayNoPlace) {
    EXPECT_THAT(rows_of(workbook("<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
                                 "<row><c/><c r=\"C2\"><v>4</v></c><c><v>5</v></c></row>")),
                ElementsAre(ElementsAre("1", "", "3"), ElementsAre("", "", "4", "5")));
    // A cell without content is none, wherever it stands.
    EXPECT_THAT(
        rows_of(workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\" s=\"0\"/></row>")),
        ElementsAre(ElementsAre("1")));
}

TEST_F(Tables, HoldsTheValueOfAMergeForAllOfIt) {
    const std::string rows =
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>7</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>2</v></c><c r=\"B2\"><v>99</v></c></row>"
        "<row r=\"3\"><c r=\"B3\"><v>98</v></c></row>"
        "<row r=\"4\"><c r=\"A4\"><v>4</v></c><c r=\"B4\"><v>8</v></c></row>";
    const auto book = [&](const std::string& sheet) {
        return zipped(
            {{"xl/workbook.xml",
              "<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" r:id=\"rId1\"/></sheets>"
              "</workbook>"},
             {"xl/_rels/workbook.xml.rels",
              "<Relationships><Relationship Id=\"rId1\" Type=\"worksheet\" "
              "Target=\"worksheets/sheet1.xml\"/></Relationships>"},
             {"xl/worksheets/sheet1.xml", sheet}});
    };
    EXPECT_THAT(rows_of(book("<worksheet><sheetData>" + rows +
                             "</sheetData><mergeCells><mergeCell ref=\"B1:B3\"/></mergeCells>"
                             "</worksheet>")),
                ElementsAre(ElementsAre("1", "7"), ElementsAre("2", "7"), ElementsAre("4", "8")));
}

TEST_F(Tables, ReadsLettersThatAreNumbered) {
    EXPECT_THAT(
        rows_of(workbook("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                         "t=\"inlineStr\"><is><t>一_x000D_\n二_x005F_x000D_</t></is></c></row>",
                         "<si><t>p_x000D_q</t></si>")),
        ElementsAre(ElementsAre("p\nq", "一\n二_x000D_")));
}

TEST_F(Tables, SaysWhatAFormatShowsBesideTheNumber) {
    const auto shown = [&](const std::string& code, const std::string& number) {
        const auto reader = open_table(
            workbook("<row r=\"1\"><c r=\"A1\" s=\"0\"><v>" + number + "</v></c></row>", "",
                     "<numFmts><numFmt numFmtId=\"164\" formatCode=\"" + code +
                         "\"/></numFmts><cellXfs><xf numFmtId=\"164\"/></cellXfs>"));
        RawRow row;
        reader->next(row);
        return row.cells.at(0).shown;
    };
    EXPECT_EQ(shown("000000", "17"), "000017");
    EXPECT_EQ(shown("&quot;H&quot;0000", "17"), "H0017");
    EXPECT_EQ(shown("000\\-0000", "12345"), "001-2345");
    EXPECT_EQ(shown("&quot;p&quot;General", "3"), "p3");
    EXPECT_EQ(shown("0.00&quot;万元&quot;", "0.42"), "0.42万元");
    EXPECT_EQ(shown("0!.0,&quot;万元&quot;", "42000"), "");
    EXPECT_EQ(shown("#,##0.00", "17"), "");
    EXPECT_EQ(shown("0", "17"), "");
}

TEST_F(Tables, FindsPartsByTheirRelationships) {
    EXPECT_THAT(
        rows_of(zipped({{"_RELS/.rels",
                         "<Relationships><Relationship Id=\"a\" Type=\"http://x/officeDocument\" "
                         "Target=\"/Book/Main.xml\"/></Relationships>"},
                        {"book/main.xml",
                         "<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" r:id=\"b\"/></sheets>"
                         "</workbook>"},
                        {"book/_rels/main.xml.rels",
                         "<Relationships><Relationship Id=\"b\" Type=\"http://x/worksheet\" "
                         "Target=\"../Sheets/One.xml\"/><Relationship Id=\"c\" "
                         "Type=\"http://x/sharedStrings\" Target=\"/strings/ss1.xml\"/>"
                         "</Relationships>"},
                        {"sheets/one.xml",
                         "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
                         "</sheetData></worksheet>"},
                        {"strings/ss1.xml", "<sst><si><t>p1</t></si></sst>"}})),
        ElementsAre(ElementsAre("p1")));
}

TEST_F(Tables, GoesThroughAllVisibleSheets) {
    const auto file = folder_ / "sheets.xlsx";
    Workbook book(file);
    for (const char* village : {"甲村", "乙村"}) {
        book.add_sheet(village);
        book.add_row({"户"});
        book.add_row({village});
    }
    book.add_choices(0, 1, 2, {"不读"});
    book.close();
    const auto reader = open_table(file);
    std::vector<std::pair<std::string, std::string>> seen;
    for (RawRow row; reader->next(row);) seen.emplace_back(row.sheet, row.cells[0].text);
    EXPECT_THAT(seen, ElementsAre(std::pair("甲村", "户"), std::pair("甲村", "甲村"),
                                  std::pair("乙村", "户"), std::pair("乙村", "乙村")));
    const auto one = open_table(file, {.sheet = "乙村", .known_names = {}});
    RawRow row;
    ASSERT_TRUE(one->next(row));
    EXPECT_EQ(row.sheet, "乙村");
    try {
        open_table(file, {.sheet = "丙村", .known_names = {}});
        FAIL() << "there is no such sheet";
    } catch (const base::Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("its sheets are '甲村', '乙村'"));
    }
}

TEST_F(Tables, NamesWhatIsNoWorkbook) {
    EXPECT_THAT(refusal(written("a.xls", "<html><body><table></table></body></html>")),
                HasSubstr("this is a web page (HTML)"));
    EXPECT_THAT(refusal(written("a.xls",
                                "\xEF\xBB\xBF<?xml version=\"1.0\"?><Workbook "
                                "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>")),
                HasSubstr("an XML spreadsheet of 2003"));
    EXPECT_THAT(refusal(written("a.csv", "%PDF-1.4")), HasSubstr("this is a PDF"));
    EXPECT_THAT(refusal(written("a.csv", "MIME-Version: 1.0\n")), HasSubstr("web archive"));
    const std::string old("W\0o\0r\0k\0b\0o\0o\0k\0", 16);
    EXPECT_THAT(refusal(written("a.xls", "\xD0\xCF\x11\xE0" + old)),
                HasSubstr("an old .xls workbook"));
    EXPECT_THAT(refusal(zipped({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                                {"content.xml", "<x/>"}})),
                HasSubstr("an OpenDocument spreadsheet (.ods)"));
    EXPECT_THAT(refusal(zipped({{"_rels/.rels",
                                 "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" "
                                 "Target=\"xl/workbook.bin\"/></Relationships>"},
                                {"xl/workbook.bin", "x"}})),
                HasSubstr("a binary workbook (.xlsb)"));
}

TEST_F(Tables, ReadsAListOfObjects) {
    EXPECT_THAT(rows_of(written("a.json", "[{\"a\": 1, \"b\": \"}{,\"},\n {\"a\": 2}]\n")),
                ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "}{,"), ElementsAre("2", "")));
    EXPECT_THAT(rows_of(written("a.txt", " [\n{\"a\": 1}]")),
                ElementsAre(ElementsAre("a"), ElementsAre("1")));
    EXPECT_THAT(refusal(written("b.json", "[{\"a\": 1}, 2]")), HasSubstr("b.json object 2"));
    EXPECT_THAT(refusal(written("c.json", "[{\"a\": 1}")), HasSubstr("never closed"));
    EXPECT_THAT(refusal(written("d.json", "[{\"a\": 1}] x")), HasSubstr("behind the list"));
    EXPECT_THAT(refusal(written("e.jsonl", "{\"a\": 1, \"a\": 2}\n")), HasSubstr("a key twice"));
}

TEST_F(Tables, MarksWhatWouldBecomeAFormula) {
    for (const char* text : {"=1+1", "+a", "-a", "@a", "\ta", "'=1"}) {
        EXPECT_EQ(with_mark(text), std::string("'") + text);
        EXPECT_EQ(without_mark(with_mark(text)), text);
    }
    for (const char* text :
         {"=", "@", "=-", "-", "--", "", "a", "-5", "-1,234.50", "1e-05", "'a", "'"}) {
        EXPECT_EQ(with_mark(text), text);
        EXPECT_EQ(without_mark(text), text);
    }
    const auto file = folder_ / "marked.xlsx";
    Workbook book(file);
    book.add_sheet("表");
    book.add_row({"=1+1", "-5"});
    book.set_text(0, "@a");
    book.end_row();
    book.close();
    EXPECT_THAT(rows_of(file), ElementsAre(ElementsAre("'=1+1", "-5"), ElementsAre("'@a")));
    std::ostringstream out;
    write_csv_row(out, {"=HYPERLINK(\"x\",\"a\")", "-5", std::nullopt});
    EXPECT_EQ(out.str(), "\"'=HYPERLINK(\"\"x\"\",\"\"a\"\")\",-5,\n");
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
