// Runs the SQL of a file in DuckDB as it comes, without anything of ours around it: the peer that a run is
// measured against. `bench_query FILE.sql THREADS` prints the last statement's rows.
#include <fstream>
#include <iostream>
#include <iterator>

#include "engine/connection.h"

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    std::ifstream in(argv[1]);
    const std::string sql{std::istreambuf_iterator<char>(in), {}};
    zs::engine::Settings settings;
    settings.threads = std::stoi(argv[2]);
    settings.keep_order = false;
    zs::engine::Connection connection = zs::engine::Connection::open(settings);
    for (const auto& row : connection.query(sql).cells)
        for (const zs::engine::Cell& cell : row) std::cout << cell.value_or("") << '\n';
}
