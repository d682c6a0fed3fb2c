// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A fuzz target is one source file with these two functions. Built with clang it is a libFuzzer program
// (./dev fuzz NAME), with any compiler a test that feeds it its seeds and mutations of them (fuzz_driver.cpp).
//
// What must hold for any bytes: no crash, no endless loop, no undefined behaviour; and what each target checks itself,
// such as "what was accepted comes out the same when it is written again".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace raftarium::fuzz {

// Valid inputs to start from, made by the program's own writers.
std::vector<std::string> seeds();

// Ends the program: the input is a finding.
[[noreturn]] inline void finding(const std::string& text) {
    std::fprintf(stderr, "finding: %s\n", text.c_str());
    std::abort();
}

}  // namespace raftarium::fuzz
