// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Where a member listens: URLs, ports in use, the admin socket that only its owner opens.

#include "cluster/rpc/admin/admin_socket.h"
#include "cluster/rpc/edge/listen_url.h"
#include "tests/rpc/served_node.h"
#include "tests/runner/test_class.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace raftarium;

class TestListening : public QObject {
    Q_OBJECT
private slots:
    void listenUrls_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("address");  // empty: refused
        QTest::newRow("v4") << "http://127.0.0.1:2379"
                            << "127.0.0.1:2379";
        QTest::newRow("slash") << "http://127.0.0.1:2379/"
                               << "127.0.0.1:2379";
        QTest::newRow("name") << "http://localhost:2379"
                              << "localhost:2379";
        QTest::newRow("v6") << "http://[::1]:2379"
                            << "[::1]:2379";
        QTest::newRow("unix") << "unix:///tmp/x"
                              << "unix:/tmp/x";
        for (const char* bad : {"127.0.0.1:2379", "ftp://a:1", "http://a", "http://a:", "http://a:0", "http://a:65536",
                                "http://a:1x", "http://:1", "http://a:1/path", "unix://", "", "http://[::1]"}) {
            QTest::newRow(bad) << QString::fromLatin1(bad) << QString();
        }
    }
    void listenUrls() {
        QFETCH(QString, url);
        QFETCH(QString, address);
        const auto parsed = rpc::parseListenUrl(url.toStdString());
        QCOMPARE(parsed.ok(), !address.isEmpty());
        if (parsed) {
            QCOMPARE(QString::fromStdString(parsed->address()), address);
        } else {
            QVERIFY(QString::fromStdString(parsed.error().text).contains(QLatin1Char('"') + url + QLatin1Char('"')));
        }
    }

    void portInUseNamesFlagAndUrl() {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
        QCOMPARE(listen(fd, 1), 0);
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        const base::Status taken = rpc::checkListenable("--listen-client-urls", url);
        close(fd);
        QVERIFY(!taken);
        const QString text = QString::fromStdString(taken.error().text);
        QVERIFY(text.contains(QLatin1String("--listen-client-urls")));
        QVERIFY(text.contains(QString::fromStdString(url)));
        QVERIFY(rpc::checkListenable("--listen-client-urls", url).ok());
        const base::Status tls = rpc::checkListenable("--listen-client-urls", "https://127.0.0.1:2379");
        QVERIFY(QString::fromStdString(tls.error().text).contains(QLatin1String("TLS is not supported yet")));
    }

    void adminSocketMustBePrivate() {
        QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
        const std::string base = directory.path().toStdString();
        QVERIFY(rpc::prepareAdminSocket(base + "/new/n1").ok());
        struct stat info = {};
        QCOMPARE(stat((base + "/new").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777U, 0700U);

        mkdir((base + "/open").c_str(), 0755);
        chmod((base + "/open").c_str(), 0755);
        const base::Status open = rpc::prepareAdminSocket(base + "/open/n1");
        QVERIFY(!open && QString::fromStdString(open.error().text).contains(QLatin1String("chmod 700")));
        QVERIFY(!rpc::prepareAdminSocket("relative/n1").ok());
        QVERIFY(!rpc::prepareAdminSocket("").ok());
        const base::Status tooLong = rpc::prepareAdminSocket(base + "/" + std::string(108, 'x'));
        QVERIFY(!tooLong && QString::fromStdString(tooLong.error().text).contains(QLatin1String("107")));

        QFile file(directory.path() + QStringLiteral("/new/file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(!rpc::prepareAdminSocket(base + "/new/file").ok());
    }

    // Members started in one moment share the directory of their sockets.
    void membersMakeTheDirectoryTogether() {
        constexpr int kMembers = 8;
        for (int round = 0; round < 50; ++round) {
            QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
            const std::string base = directory.path().toStdString() + "/new/a/n";
            std::atomic<int> arrived{0}, prepared{0};
            std::vector<std::thread> members;
            for (int member = 0; member < kMembers; ++member) {
                members.emplace_back([&, member] {
                    ++arrived;
                    while (arrived < kMembers) std::this_thread::yield();
                    if (rpc::prepareAdminSocket(base + std::to_string(member)).ok()) ++prepared;
                });
            }
            for (std::thread& member : members) member.join();
            QCOMPARE(prepared.load(), kMembers);
        }
    }

    void staleSocketsGoLiveOnesStay() {
        QTemporaryDir directory(QStringLiteral("/tmp/rft-XXXXXX"));
        const std::string path = directory.path().toStdString() + "/s";
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        QCOMPARE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(listen(fd, 1), 0);
        const base::Status live = rpc::prepareAdminSocket(path);
        QVERIFY(!live && QString::fromStdString(live.error().text).contains(QLatin1String("another process")));
        close(fd);
        QVERIFY(rpc::prepareAdminSocket(path).ok());
        QVERIFY(access(path.c_str(), F_OK) != 0);
    }

    void socketIsClosedToOthers() {
        const mode_t before = umask(077);
        test::ServedNode served;
        umask(before);
        struct stat info = {};
        const std::string path = served.config().adminSocket;
        QCOMPARE(stat(path.substr(0, path.rfind('/')).c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0077U, 0U);
        served.stop();
        QVERIFY(access(path.c_str(), F_OK) != 0);
    }
};

RAFTARIUM_TEST_CLASS(TestListening)
#include "test_listening.moc"
