// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/base/coding.h"
#include "cluster/base/rng.h"
#include "cluster/mvcc/index/row_key.h"
#include "cluster/storage/backend/lmdb_backend.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace raftarium;
using namespace raftarium::storage;
using mvcc::Bucket;

namespace {

constexpr LmdbOptions kOptions{1ULL << 30, true, 64 << 20};
constexpr LmdbOptions kFast{1ULL << 30, false, 64 << 20};
using Model = std::map<std::string, std::string>;

std::unique_ptr<LmdbBackend> mustOpen(const std::string& path, const LmdbOptions& options = kFast) {
    return std::move(openLmdbBackend(path, options)).value();
}

template <typename Reader>
Model contentOf(Reader& reader, Bucket bucket, std::string_view from = {}, std::string_view to = {}) {
    Model found;
    std::string last;
    reader.scan(bucket, from, to, [&](std::string_view key, std::string_view value) {
        if (!found.empty() && last >= key) qFatal("out of order");
        last = key;
        found.emplace(key, value);
        return true;
    });
    return found;
}

// Short keys, keys at LMDB's limit, and long ones that share their first 511 bytes.
std::string randomKey(base::Rng& rng) {
    switch (rng.below(4)) {
        case 0:
            return std::string(509 + rng.below(4), 'k');
        case 1:
            return std::string(511, 'k') + std::to_string(rng.below(40));
        default:
            return "k" + std::to_string(rng.below(300));
    }
}

std::string revisionKey(std::uint64_t main) {
    std::string key;
    base::putFixed64Be(key, main);
    key += '_';
    base::putFixed64Be(key, 0);
    return key;
}

}  // namespace

class TestLmdbBackend : public QObject {
    Q_OBJECT
private slots:
    void randomOperationsAgainstAMap() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("backend.lmdb").toStdString();
        auto backend = mustOpen(path);
        base::Rng rng(1);
        std::map<Bucket, Model> models;
        std::vector<std::pair<std::unique_ptr<mvcc::ReadView>, std::map<Bucket, Model>>> views;
        const Bucket buckets[] = {Bucket::key, Bucket::lease, Bucket::authUsers};
        for (int step = 0; step < 30'000; ++step) {
            const Bucket bucket = buckets[rng.below(3)];
            Model& model = models[bucket];
            const std::string key = randomKey(rng);
            const std::uint64_t action = rng.below(1000);
            if (action < 600) {
                const std::string value(rng.below(200), static_cast<char>('a' + rng.below(26)));
                backend->put(bucket, key, value);
                model[key] = value;
            } else if (action < 850) {
                backend->remove(bucket, key);
                model.erase(key);
            } else if (action < 960) {
                const auto found = backend->get(bucket, key);
                QCOMPARE(found.has_value(), model.contains(key));
                if (found) QCOMPARE(std::string(*found), model[key]);
            } else if (action < 970) {
                backend->commitAsync([](const base::Status& status) {
                    if (!status.ok()) qFatal("%s", status.error().text.c_str());
                });
            } else if (action < 973) {
                QVERIFY(backend->commit().ok());
            } else if (action < 985) {
                views.emplace_back(backend->readView(), models);
                if (views.size() > 6) views.erase(views.begin() + static_cast<std::ptrdiff_t>(rng.below(views.size())));
            } else if (action < 990) {
                std::string from = randomKey(rng), to = randomKey(rng);
                if (to < from) std::swap(from, to);
                const Model expected(model.lower_bound(from), model.lower_bound(to));
                QVERIFY(contentOf(*backend, bucket, from, to) == expected);
            } else if (action < 991) {
                QVERIFY(backend->defragment().ok());
            } else if (action < 992) {
                QVERIFY(backend->commit().ok());
                views.clear();
                backend.reset();
                backend = mustOpen(path);
            }
            if (step % 97 == 0 && !views.empty()) {
                auto& [view, then] = views[rng.below(views.size())];
                QVERIFY(contentOf(*view, bucket) == then[bucket]);
                const auto found = view->get(bucket, key);
                QCOMPARE(found.has_value(), then[bucket].contains(key));
            }
        }
        for (const Bucket bucket : buckets) QVERIFY(contentOf(*backend, bucket) == models[bucket]);
    }
    void viewsMadeDuringCommitsAreWhole() {
        // The writer keeps ten keys equal; a view that mixes moments would see two values.
        QTemporaryDir directory;
        auto backend = mustOpen(directory.filePath("b").toStdString());
        std::mutex gate;
        std::atomic<bool> stop = false;
        std::atomic<int> mixed = 0, viewed = 0;
        const auto write = [&](int value) {
            const std::lock_guard lock(gate);
            for (int i = 0; i < 10; ++i) backend->put(Bucket::lease, "k" + std::to_string(i), std::to_string(value));
        };
        write(-1);
        const auto read = [&] {
            while (!stop) {
                std::unique_ptr<mvcc::ReadView> view;
                {
                    const std::lock_guard lock(gate);
                    view = backend->readView();
                }
                const Model found = contentOf(*view, Bucket::lease);
                for (const auto& [key, value] : found) mixed += value != found.begin()->second;
                mixed += found.size() != 10;
                for (int i = 0; i < 10; ++i)
                    mixed += *view->get(Bucket::lease, "k" + std::to_string(i)) != found.begin()->second;
                ++viewed;
            }
        };
        std::thread first(read), second(read);
        for (int round = 0; round < 3000 || viewed < 500; ++round) {
            write(round);
            if (round % 3 == 0) backend->commitAsync({});
            if (round % 500 == 499) QVERIFY(backend->defragment().ok());
        }
        stop = true;
        first.join();
        second.join();
        QCOMPARE(mixed.load(), 0);
    }
    void whatACommitReportedSurvivesKill() {
        for (int round = 0; round < 15; ++round) {
            QTemporaryDir directory;
            const std::string path = directory.filePath("b").toStdString();
            int pipeEnds[2];
            QCOMPARE(pipe(pipeEnds), 0);
            const pid_t child = fork();
            if (child == 0) {
                auto backend = mustOpen(path, kOptions);
                for (std::uint64_t revision = 1;; ++revision) {
                    backend->put(Bucket::key, revisionKey(revision), std::string(100, 'v'));
                    backend->put(Bucket::meta, "consistent_index", std::to_string(revision));
                    if (revision % 50 != 0) continue;
                    backend->commitAsync([revision, out = pipeEnds[1]](const base::Status& status) {
                        if (status.ok() && write(out, &revision, sizeof revision) != sizeof revision) _exit(1);
                    });
                }
            }
            close(pipeEnds[1]);
            std::uint64_t reported = 0;
            for (int i = 0; i < 3 + round; ++i)
                QVERIFY(read(pipeEnds[0], &reported, sizeof reported) == sizeof reported);
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
            while (read(pipeEnds[0], &reported, sizeof reported) == sizeof reported) {
            }
            close(pipeEnds[0]);
            auto backend = mustOpen(path);
            const std::uint64_t index =
                std::stoull(std::string(backend->get(Bucket::meta, "consistent_index").value()));
            QVERIFY(index >= reported);
            QCOMPARE(contentOf(*backend, Bucket::key).size(), index);  // all of a commit or nothing
        }
    }
    void sizesAndDefragment() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("b").toStdString();
        auto backend = mustOpen(path);
        for (std::uint64_t i = 0; i < 20'000; ++i) backend->put(Bucket::key, revisionKey(i), std::string(200, 'x'));
        QCOMPARE(backend->pendingOperations(), 20'000ULL);
        QVERIFY(backend->commit().ok());
        QCOMPARE(backend->pendingOperations(), 0ULL);
        const auto full = backend->size();
        QVERIFY(full.total >= 20'000 * 217 && full.total < 20'000 * 300);
        for (std::uint64_t i = 0; i < 19'000; ++i) backend->remove(Bucket::key, revisionKey(i));
        QVERIFY(backend->commit().ok());
        QVERIFY(backend->commit().ok());
        QVERIFY(backend->size().inUse < full.inUse / 5);
        QVERIFY(backend->size().total >= full.total);
        const auto view = backend->readView();
        backend->put(Bucket::meta, "late", "1");
        QVERIFY(backend->defragment().ok());
        QVERIFY(backend->size().total < full.total / 5);
        QVERIFY(QFile(QString::fromStdString(path)).size() < full.total / 5);
        QCOMPARE(contentOf(*view, Bucket::key).size(), 1000ULL);  // the old file lives as long as its views
        QVERIFY(!view->get(Bucket::meta, "late"));
        QVERIFY(backend->commit().ok());
        backend.reset();
        backend = mustOpen(path);
        QCOMPARE(contentOf(*backend, Bucket::key).size(), 1000ULL);
        QVERIFY(backend->get(Bucket::meta, "late").has_value());
        QCOMPARE(directory.path().isEmpty() ? 0 : QDir(directory.path()).entryList(QDir::Files).size(), 2);
    }
    void copyAndReplace() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("b").toStdString(), copy = directory.filePath("copy").toStdString();
        auto backend = mustOpen(path);
        backend->put(Bucket::meta, "a", "1");
        QVERIFY(backend->commit().ok());
        QVERIFY(backend->copyTo(copy).ok());
        backend->put(Bucket::meta, "a", "2");
        backend->put(Bucket::meta, "b", "2");
        const auto before = backend->readView();
        QVERIFY(backend->replaceWith(copy).ok());
        QCOMPARE(std::string(*backend->get(Bucket::meta, "a")), std::string("1"));
        QVERIFY(!backend->get(Bucket::meta, "b"));
        QCOMPARE(std::string(*before->get(Bucket::meta, "b")), std::string("2"));
        QCOMPARE(backend->pendingOperations(), 0ULL);
        QVERIFY(!backend->replaceWith(directory.filePath("nothing/here").toStdString()).ok());
        QCOMPARE(std::string(*backend->get(Bucket::meta, "a")), std::string("1"));
    }
    void badFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("foreign") << QByteArray(100'000, 'x') << "not a database";
        QTest::newRow("short") << QByteArray("hello") << "not a database";
        QTest::newRow("zeros") << QByteArray(100'000, '\0') << "not a database";
    }
    void badFilesAreRefused() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QTemporaryDir directory;
        QFile file(directory.filePath("b"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        const auto backend = openLmdbBackend(file.fileName().toStdString(), kOptions);
        QVERIFY(!backend.ok() && backend.error().code == base::Errc::corruption);
        QVERIFY2(QString::fromStdString(backend.error().text).contains(text), backend.error().text.c_str());
    }
    void cutAndLockedFilesAreRefused() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("b").toStdString();
        auto backend = mustOpen(path);
        for (std::uint64_t i = 0; i < 1000; ++i) backend->put(Bucket::key, revisionKey(i), std::string(200, 'x'));
        QVERIFY(backend->commit().ok());
        const auto second = openLmdbBackend(path, kOptions);
        QVERIFY(!second.ok() && second.error().code == base::Errc::unavailable);
        backend.reset();
        QVERIFY(QFile::resize(QString::fromStdString(path), 50'000));
        const auto cut = openLmdbBackend(path, kOptions);
        QVERIFY(!cut.ok() && cut.error().code == base::Errc::corruption);
    }
    void aFullMapIsAnErrorAndReadsGoOn() {
        QTemporaryDir directory;
        auto backend = mustOpen(directory.filePath("b").toStdString(), {1 << 20, false, 64 << 20});
        for (std::uint64_t i = 0; i < 10'000; ++i) backend->put(Bucket::key, revisionKey(i), std::string(300, 'x'));
        const auto status = backend->commit();
        QVERIFY(!status.ok() && status.error().code == base::Errc::noSpace);
        backend->put(Bucket::meta, "a", "1");
        QCOMPARE(contentOf(*backend, Bucket::key).size(), 10'000ULL);
        QCOMPARE(contentOf(*backend->readView(), Bucket::meta).size(), 1ULL);
        QVERIFY(!backend->commit().ok());
    }
    void aSmallBufferWaitsForTheDisk() {
        QTemporaryDir directory;
        auto backend = mustOpen(directory.filePath("b").toStdString(), {1ULL << 30, false, 100'000});
        for (std::uint64_t i = 0; i < 5000; ++i) {
            backend->put(Bucket::key, revisionKey(i), std::string(500, 'x'));
            if (i % 100 == 0) backend->commitAsync({});
        }
        QVERIFY(backend->commit().ok());
        QCOMPARE(contentOf(*backend, Bucket::key).size(), 5000ULL);
    }
    void speed() {
        QTemporaryDir directory;
        auto backend = mustOpen(directory.filePath("b").toStdString(), kOptions);
        const std::string value(128, 'v');
        std::uint64_t revision = 0;
        QBENCHMARK_ONCE {
            for (int batch = 0; batch < 20; ++batch) {
                for (int i = 0; i < 10'000; ++i) backend->put(Bucket::key, revisionKey(++revision), value);
                backend->commitAsync({});
            }
            QVERIFY(backend->commit().ok());
        }
        QCOMPARE(contentOf(*backend, Bucket::key).size(), revision);
    }
};

RAFTARIUM_TEST_CLASS(TestLmdbBackend)
#include "test_lmdb_backend.moc"
