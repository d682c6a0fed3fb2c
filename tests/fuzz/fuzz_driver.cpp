// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Runs a fuzz target without libFuzzer: its seeds, the files given (inputs that were findings once), and mutations of
// both, always the same ones.
//
//   fuzz_wal_regression [--rounds N] [--seed N] [--write-seeds DIRECTORY] [FILE...]

#include "cluster/base/rng.h"
#include "tests/fuzz/fuzz_target.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace {

using raftarium::base::Rng;

void run(const std::string& input) {
    // A copy of its exact size, so that a sanitizer sees a read beyond it.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutated(std::string input, const std::vector<std::string>& corpus, Rng& rng) {
    for (std::uint64_t i = rng.below(4) + 1; i-- > 0;) {
        const std::size_t at = input.empty() ? 0 : rng.below(input.size());
        switch (rng.below(7)) {
            case 0:  // a bit
                if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << rng.below(8)));
                break;
            case 1:  // a byte of special value
                if (!input.empty()) input[at] = "\x00\x01\x7f\x80\xff\x08\x12"[rng.below(7)];
                break;
            case 2:  // shorter
                input.resize(at);
                break;
            case 3:  // a piece removed
                if (!input.empty()) input.erase(at, rng.below(16) + 1);
                break;
            case 4:  // bytes put in
                input.insert(at, rng.below(12) + 1, static_cast<char>(rng.next()));
                break;
            case 5:  // a word of extreme value
                if (input.size() >= at + 8)
                    input.replace(at, 8, rng.chance(0.5) ? std::string(8, '\xff') : std::string(8, '\0'));
                break;
            default: {  // the end of another one
                const std::string& other = corpus[rng.below(corpus.size())];
                if (!other.empty()) input = input.substr(0, at) + other.substr(rng.below(other.size()));
            }
        }
    }
    return input;
}

std::string contentOf(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path);
        std::exit(2);
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeSeeds(const std::string& directory) {
    int number = 0;
    for (const std::string& seed : raftarium::fuzz::seeds())
        std::ofstream(directory + "/seed-" + std::to_string(number++), std::ios::binary) << seed;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t rounds = 2000, seed = 1;
    std::vector<std::string> corpus = raftarium::fuzz::seeds();
    for (int i = 1; i < argc; ++i) {
        const bool hasValue = i + 1 < argc;
        if (std::strcmp(argv[i], "--rounds") == 0 && hasValue) {
            rounds = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--seed") == 0 && hasValue) {
            seed = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--write-seeds") == 0 && hasValue) {
            writeSeeds(argv[++i]);
            return 0;
        } else {
            corpus.push_back(contentOf(argv[i]));
        }
    }
    for (const std::string& input : corpus) run(input);
    Rng rng(seed);
    for (std::uint64_t round = 0; round < rounds; ++round) run(mutated(corpus[rng.below(corpus.size())], corpus, rng));
    std::printf("%zu inputs and %llu mutations\n", corpus.size(), static_cast<unsigned long long>(rounds));
    return 0;
}
