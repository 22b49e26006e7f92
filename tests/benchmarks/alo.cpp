// ALO(N, R, C) by hand: the yardstick. The protocol is told in alo.py and counts.json.
//
//     g++ -std=c++17 -O3 -march=native -DN=4 -DR=2 -DC=1 alo.cpp -o alo && ./alo [STATES]
//
// Breadth first, exact, one core. A state is one 64-bit word; the states seen are kept in a table
// with open addressing and linear probing, never more than half full, which doubles when it grows.
// No parents are kept, so there is nothing to show a run with. With STATES the table is made large
// enough for so many from the beginning. -DHUGE_PAGES asks the system for huge pages, as numpy does.
//
// Prints: states, transitions, depth, dead ends, seconds of the search.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#ifdef HUGE_PAGES
#include <sys/mman.h>
#endif

namespace {

using Word = std::uint64_t;

constexpr unsigned bits_for(unsigned largest) { return largest == 0 ? 0 : 1 + bits_for(largest / 2); }

// The fields of one message, from the lowest bit: snd, tries, dat, ack, got, eff.
enum Snd : Word { NEW, WAITING, DONE, GAVE_UP };
constexpr unsigned SND = 0;
constexpr unsigned TRIES = SND + 2;
constexpr unsigned DAT = TRIES + bits_for(R);
constexpr unsigned ACK = DAT + bits_for(C);
constexpr unsigned GOT = ACK + bits_for(C);
constexpr unsigned EFF = GOT + 1;
constexpr unsigned MESSAGE = EFF + 2;

// Then the worker. The highest bit is set in every state: a zero word is an empty place.
constexpr unsigned CUR = N * MESSAGE;
constexpr unsigned STAGE = CUR + bits_for(N);
constexpr Word START = Word{1} << 63;
static_assert(STAGE + 2 <= 63, "the state does not fit into one word");

constexpr Word mask(unsigned bits) { return (Word{1} << bits) - 1; }

// Calls found(next) for every enabled action.
template <class Found>
inline void successors(Word s, Found found) {
    const Word stage = s >> STAGE & 3;
#pragma GCC unroll 8
    for (unsigned i = 0; i < N; ++i) {
        const unsigned at = i * MESSAGE;
        const Word m = s >> at;
        const Word snd = m >> SND & 3;
        const Word tries = m >> TRIES & mask(bits_for(R));
        const Word dat = m >> DAT & mask(bits_for(C));
        const Word ack = m >> ACK & mask(bits_for(C));
        const Word dat_one = Word{1} << (at + DAT);
        const Word ack_one = Word{1} << (at + ACK);
        const Word tries_one = Word{1} << (at + TRIES);
        const auto to = [&](Snd next) { return s + ((next - snd) << (at + SND)); };
        if (snd == NEW) {
            if (dat < C) found(to(WAITING) + tries_one + dat_one);  // Send
        } else if (snd == WAITING) {
            if (tries == R) {
                found(to(GAVE_UP));  // GiveUp
            } else if (dat < C) {
                found(s + tries_one + dat_one);  // Resend
            }
        }
        if (dat > 0) {
            found(s - dat_one);  // Lose
            if (dat < C) found(s + dat_one);  // Dup
            if (stage == 0) {
                found(s - dat_one + (Word{i + 1} << CUR) + (Word{1} << STAGE));  // Take
            }
        }
        if (ack > 0) {
            found(s - ack_one);  // LoseAck
            if (snd == WAITING) {
                found(to(DONE) - ack_one);  // GetAck
            } else if (snd != NEW) {
                found(s - ack_one);  // DropAck
            }
        }
    }
    if (stage == 0) return;
    const Word cur = s >> CUR & mask(bits_for(N));
    const unsigned at = static_cast<unsigned>(cur - 1) * MESSAGE;
    const Word idle = s - (cur << CUR) - (stage << STAGE);
    if (stage == 1) {  // Effect
        const bool happens = (s >> (at + GOT) & 1) == 0 && (s >> (at + EFF) & 3) < 2;
        found(s + (Word{1} << STAGE) + (Word{happens} << (at + EFF)));
    } else {  // MarkAck
        const bool room = (s >> (at + ACK) & mask(bits_for(C))) < C;
        found((idle | Word{1} << (at + GOT)) + (Word{room} << (at + ACK)));
    }
    found(idle);  // Crash
}

class Table {
public:
    explicit Table(std::size_t states) {
        while ((std::size_t{1} << bits_) < 2 * states) ++bits_;
        slots_ = fresh();
    }
    ~Table() { std::free(slots_); }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    std::size_t size() const { return size_; }

    // Whether the word is new.
    bool insert(Word word) {
        if (!put(word)) return false;
        if (++size_ > capacity() / 2) grow();
        return true;
    }

private:
    unsigned bits_ = 12;
    std::size_t size_ = 0;
    Word* slots_ = nullptr;

    std::size_t capacity() const { return std::size_t{1} << bits_; }

    Word* fresh() const {
        const std::size_t bytes = capacity() * sizeof(Word);
        void* place = std::aligned_alloc(std::min(bytes, std::size_t{1} << 21), bytes);
        if (place == nullptr) throw std::bad_alloc();
#ifdef HUGE_PAGES
        madvise(place, bytes, MADV_HUGEPAGE);
#endif
        return static_cast<Word*>(std::memset(place, 0, bytes));
    }

    bool put(Word word) {
        std::size_t at = word * 0x9E3779B97F4A7C15u >> (64 - bits_);
        while (slots_[at] != 0) {
            if (slots_[at] == word) return false;
            at = (at + 1) & (capacity() - 1);
        }
        slots_[at] = word;
        return true;
    }

    void grow() {
        Word* old = slots_;
        const std::size_t count = capacity();
        ++bits_;
        slots_ = fresh();
        for (std::size_t at = 0; at < count; ++at) {
            if (old[at] != 0) put(old[at]);
        }
        std::free(old);
    }
};

}  // namespace

int main(int argc, char** argv) {
    const std::size_t expected = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
    const auto began = std::chrono::steady_clock::now();
    Table seen(expected);
    std::vector<Word> level{START}, next;
    std::uint64_t transitions = 0, dead = 0, depth = 0;
    seen.insert(START);
    for (;; ++depth) {
        for (const Word word : level) {
            const std::uint64_t before = transitions;
            successors(word, [&](Word target) {
                ++transitions;
                if (seen.insert(target)) next.push_back(target);
            });
            dead += transitions == before;
        }
        if (next.empty()) break;
        std::swap(level, next);
        next.clear();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    std::printf("%zu %llu %llu %llu %.9f\n", seen.size(), static_cast<unsigned long long>(transitions),
                static_cast<unsigned long long>(depth), static_cast<unsigned long long>(dead), seconds.count());
}
