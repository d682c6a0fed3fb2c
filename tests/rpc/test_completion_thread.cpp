// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Which thread runs what is handed to the completion thread.

#include "cluster/rpc/edge/completion_thread.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace raftarium;

namespace {

// What ran, in order, and where.
class Record {
public:
    void add(int number) {
        const std::lock_guard lock(m_mutex);
        m_ran.push_back(number);
        m_threads.push_back(std::this_thread::get_id());
        m_changed.notify_all();
    }
    bool waitFor(std::size_t count) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(30), [&] { return m_ran.size() >= count; });
    }
    std::vector<int> ran() const {
        const std::lock_guard lock(m_mutex);
        return m_ran;
    }
    std::size_t ranOn(std::thread::id thread) const {
        const std::lock_guard lock(m_mutex);
        return static_cast<std::size_t>(std::count(m_threads.begin(), m_threads.end(), thread));
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<int> m_ran;
    std::vector<std::thread::id> m_threads;
};

class Numbered final : public rpc::Task {
public:
    Numbered(Record& record, int number) : m_record(record), m_number(number) {}
    void run() override { m_record.add(m_number); }

private:
    Record& m_record;
    int m_number;
};

}  // namespace

class TestCompletionThread : public QObject {
    Q_OBJECT
private slots:
    void init() {
        m_record = std::make_unique<Record>();
        grpc::ServerBuilder builder;
        m_completion = std::make_unique<rpc::CompletionThread>(builder.AddCompletionQueue(), "test");
        m_completion->start();
    }
    void cleanup() { m_completion->shutdown(); }

    void postedTasksRunOnTheLoopInOrder() {
        Numbered a(*m_record, 1), b(*m_record, 2), c(*m_record, 3);
        for (rpc::Task* each : {&a, &b, &c}) m_completion->post(*each);
        QVERIFY(m_record->waitFor(3));
        QCOMPARE(m_record->ran(), (std::vector<int>{1, 2, 3}));
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{0});
    }

    void workIsWaitedFor() {
        m_completion->runAndWait([this] { m_record->add(1); });
        QCOMPARE(m_record->ran(), std::vector<int>{1});
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{0});
        grpc::ServerBuilder builder;
        rpc::CompletionThread notStarted(builder.AddCompletionQueue(), "test");
        notStarted.runAndWait([this] { m_record->add(2); });
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{1});
        notStarted.shutdown();
    }

    void aThreadThatDoesNotWorkInRoundsNeverAnswersItself() {
        Numbered a(*m_record, 1);
        m_completion->answer(a);
        QVERIFY(m_record->waitFor(1));
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{0});
    }

    void theOnlyAnswerOfARoundIsSentByItsThread() {
        m_completion->roundEnded(false);
        Numbered a(*m_record, 1), b(*m_record, 2);
        m_completion->answer(a);
        QVERIFY(m_record->ran().empty());  // there may be more to come
        m_completion->roundEnded(false);
        QCOMPARE(m_record->ran(), std::vector<int>{1});
        m_completion->answer(b);
        m_completion->roundEnded(false);
        QCOMPARE(m_record->ran(), (std::vector<int>{1, 2}));
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{2});
    }

    void severalAnswersOfARoundAreSentByTheLoop() {
        m_completion->roundEnded(false);
        Numbered a(*m_record, 1), b(*m_record, 2), c(*m_record, 3), d(*m_record, 4);
        for (rpc::Task* each : {&a, &b, &c}) m_completion->answer(*each);
        QVERIFY(m_record->waitFor(3));
        QCOMPARE(m_record->ran(), (std::vector<int>{1, 2, 3}));
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{0});
        m_completion->roundEnded(false);
        m_completion->answer(d);  // the next round begins anew
        m_completion->roundEnded(false);
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{1});
    }

    void afterTheLastRoundTheThreadIsAsAnyOther() {
        m_completion->roundEnded(false);
        Numbered a(*m_record, 1), b(*m_record, 2);
        m_completion->answer(a);
        m_completion->roundEnded(true);
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{1});
        m_completion->answer(b);
        QVERIFY(m_record->waitFor(2));
        QCOMPARE(m_record->ranOn(std::this_thread::get_id()), std::size_t{1});
    }

private:
    std::unique_ptr<Record> m_record;
    std::unique_ptr<rpc::CompletionThread> m_completion;
};

RAFTARIUM_TEST_CLASS(TestCompletionThread)
#include "test_completion_thread.moc"
