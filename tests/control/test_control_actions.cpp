// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Actions as lines and as JSON: what is printed is read back as the same, for every kind and random values.
#include "cluster/control/action_words.h"
#include "tests/runner/test_class.h"

#include <QTest>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>
#include <set>

using namespace raftarium;
using namespace raftarium::control;
using nlohmann::json;

namespace {

constexpr int kRounds = 400;

// Fills an action with values of all shapes. It knows the kinds of fields, not the actions: a new action with such
// fields is generated, one with another kind of field does not compile.
class Randomizer {
public:
    explicit Randomizer(unsigned seed) : m_random(seed) {}

    void command(const char*, const char*, const char*) {}
    void node(const char*, const char*, std::string& field) { field = name(true); }
    void nodeOption(const char*, const char*, const char*, std::string& field) { field = name(false); }
    void flag(const char*, const char*, const char*, bool& field, bool) { field = coin(); }
    void time(const char*, const char*, std::int64_t& field) { field = count<std::int64_t>(); }
    void timeOption(const char*, const char*, const char*, std::int64_t& field) { field = count<std::int64_t>(); }
    void share(const char*, const char*, double& field) {
        field = coin() ? static_cast<double>(below(101)) / 100 : std::uniform_real_distribution<>(0, 1)(m_random);
    }
    void groups(const char*, const char*, std::vector<std::vector<std::string>>& field) {
        field.resize(1 + below(3));
        for (auto& group : field)
            for (std::size_t i = 0, size = 1 + below(4); i < size; ++i) group.push_back(name(false));
    }
    void held(const char*, const char*, HeldName& field) {
        if (coin()) return;
        field = {name(false), count<std::uint64_t>(), coin() ? 0 : count<std::uint64_t>()};
    }
    void how(const char*, HeldAction& field) { field = static_cast<HeldAction>(below(3)); }
    void pace(const char*, const char*, PaceSpec& field) {
        if (coin())
            field = paceOf(kPacePresets[below(kPacePresets.size())]);
        else
            field = {count<std::int64_t>(), count<std::int64_t>(), count<std::int64_t>()};
    }
    void onOff(const char* name, const char*, const char*, std::optional<bool>& field) {
        field = coin() ? std::optional<bool>(coin()) : std::nullopt;
        // One of the two is given.
        if (std::string(name) == "checkQuorum" && !m_onOff && !field) field = coin();
        m_onOff = field.has_value();
    }
    void bytes(const char*, const char*, std::string& field) {
        static const std::string kSigns("\0\n\t -'\"\\%$`!*~#;|&<>()[]{}=:,\x1b\xff\xc3\xa9kn1/", 45);
        for (std::size_t i = 0, size = below(12); i < size; ++i)
            field += coin() ? kSigns[below(kSigns.size())] : static_cast<char>(below(256));
    }
    void numberOption(const char*, const char*, const char*, std::int64_t& field) {
        field = coin() ? 0 : count<std::int64_t>();
    }

private:
    bool coin() { return below(2) == 1; }
    std::size_t below(std::size_t end) { return m_random() % end; }
    template <typename T>
    T count() {
        static const T kEdges[] = {0, 1, 1000, std::numeric_limits<T>::max()};
        return coin() ? kEdges[below(std::size(kEdges))] : static_cast<T>(m_random() % 1'000'000);
    }
    std::string name(bool star) { return star && below(8) == 0 ? "*" : "n" + std::to_string(1 + below(20)); }

    std::mt19937 m_random;
    bool m_onOff = false;
};

std::vector<Action> randomActions() {
    std::vector<Action> out;
    for (unsigned round = 0; round < kRounds; ++round) {
        unsigned kind = 0;
        for (Action& action : actionPrototypes()) {
            Randomizer randomizer(round * 1000 + kind++);
            std::visit([&](auto& one) { describe(one, randomizer); }, action);
            out.push_back(action);
        }
    }
    return out;
}

QString text(const base::Error& error) { return QString::fromStdString(error.text); }

}  // namespace

class TestControlActions : public QObject {
    Q_OBJECT

private slots:
    void everyKindIsHere() {
        std::set<std::size_t> kinds;
        std::set<std::string> names;
        for (const Action& action : actionPrototypes()) {
            kinds.insert(action.index());
            names.insert(actionName(action));
        }
        QCOMPARE(kinds.size(), std::variant_size_v<Action>);
        QCOMPARE(names.size(), std::variant_size_v<Action>);
    }

    void printedAndParsed() {
        for (const Action& action : randomActions()) {
            const bool keys = std::holds_alternative<Put>(action) || std::holds_alternative<DeleteKey>(action);
            const ActionTarget target =
                keys ? ActionTarget{"", {"127.0.0.1:2379", "host:1"}} : ActionTarget{"demo", {}};
            const std::string line = printAction(action, target);
            const auto read = parseAction(line);
            QVERIFY2(read.ok(), (line + ": " + (read ? "" : read.error().text)).c_str());
            QVERIFY2(read->action == action, line.c_str());
            QVERIFY2(read->target == target, line.c_str());
        }
    }

    void wordsAreReadBack() {
        for (const Action& action : randomActions()) {
            const auto read = actionOfWords(actionWords(action));
            QVERIFY2(read.ok(), read ? "" : read.error().text.c_str());
            QVERIFY(*read == action);
        }
    }

    void jsonIsReadBack() {
        for (const Action& action : randomActions()) {
            const std::string written = actionToJson(action).dump();
            const auto read = actionFromJson(json::parse(written));
            QVERIFY2(read.ok(), (written + ": " + (read ? "" : read.error().text)).c_str());
            QVERIFY2(*read == action, written.c_str());
        }
    }

    void linesAsTheyLook_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"raftariumctl cluster kill n2 --cluster demo", "raftariumctl cluster start --cluster demo",
              "raftariumctl cluster start --node n2 --cluster demo", "raftariumctl cluster stop --cluster demo",
              "raftariumctl cluster stop n1 --cluster demo", "raftariumctl cluster add --learner --cluster demo",
              "raftariumctl cluster cut --one-way n1 n2 --cluster demo", "raftariumctl cluster heal --cluster demo",
              "raftariumctl cluster heal n1 '*' --cluster demo",
              "raftariumctl cluster partition n1,n2 n3 --cluster demo",
              "raftariumctl cluster delay --jitter 50ms n1 n2 200ms --cluster demo",
              "raftariumctl cluster drop '*' '*' 7% --cluster demo",
              "raftariumctl cluster deliver n1:42 --cluster demo",
              "raftariumctl cluster discard n1:42@7 --cluster demo",
              "raftariumctl cluster duplicate all --cluster demo", "raftariumctl cluster pace classroom --cluster demo",
              "raftariumctl cluster pace --heartbeat 20ms --election 200ms --link-delay 0ms --cluster demo",
              "raftariumctl cluster protocol --pre-vote off --cluster demo"})
            QTest::newRow(line) << QString::fromLatin1(line);
    }
    void linesAsTheyLook() {
        QFETCH(QString, line);
        const auto read = parseAction(line.toStdString());
        QVERIFY2(read.ok(), read ? "" : read.error().text.c_str());
        QCOMPARE(QString::fromStdString(printAction(read->action, read->target)), line);
    }

    void peopleWriteLessOrOtherwise() {
        QVERIFY(parseAction("kill n2")->action == Action(KillNode{"n2"}));
        QVERIFY(parseAction("heal n1 * --cluster=demo")->action == Action(HealLink{"n1", "*"}));
        QVERIFY(parseAction("delay n1 n2 1.5s --jitter=0")->action == Action(DelayLink{"n1", "n2", 1500, 0}));
        QVERIFY(parseAction("drop n1 n2 0.3")->action == Action(DropOnLink{"n1", "n2", 0.3}));
        QVERIFY(parseAction("etcdctl put 'a key' \"a value\"")->action == Action(Put{"a key", "a value"}));
        QVERIFY(parseAction("put k 'two\\nlines'")->action == Action(Put{"k", "two\nlines"}));
        QVERIFY(parseAction("del k --mod-revision 7")->action == Action(DeleteKey{"k", 7}));
        QVERIFY(actionFromJson({{"action", "cutLink"}, {"from", "n1"}, {"to", "n2"}}).value() ==
                Action(CutLink{"n1", "n2", true}));
    }

    void badLines_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* line, const char* says) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says);
        };
        row("", "begins with what to do");
        row("explode n1", "there is no action \"explode\"; the actions are start, stop, kill");
        row("kill", "kill: NODE is missing; it is written: kill NODE");
        row("kill ''", "NODE is empty");
        row("kill n1 n2", "\"n2\" is more than there may be");
        row("kill n1 --hard", "there is no option --hard here");
        row("stop n1 n2", "it is written: stop NODE");
        row("heal n1", "TO is missing; it is written: heal FROM TO [--one-way]");
        row("delay n1 n2", "TIME is missing");
        row("delay n1 n2 soon", "TIME soon: must be a time");
        row("delay n1 n2 1.5ms", "whole milliseconds");
        row("delay n1 n2 -- -5ms", "must be a time");
        row("delay n1 n2 5ms --jitter", "a value must follow --jitter");
        row("drop n1 n2 130%", "share 130%: must be 0% to 100%");
        row("drop n1 n2 nan", "must be 0% to 100%");
        row("partition", "GROUP is missing");
        row("partition n1,,n2", "has an empty name");
        row("deliver 42", "message 42: must be a held message such as n1:42");
        row("deliver n1:x", "must be a held message");
        row("pace fast", "pace: fast: must be classroom, paper or etcd");
        row("pace --heartbeat 10ms", "needs --heartbeat and --election");
        row("protocol", "say --pre-vote on|off");
        row("protocol --pre-vote maybe", "--pre-vote maybe: must be on or off");
        row("raftariumctl put a b", "only \"raftariumctl cluster\" acts on a cluster");
        row("kill 'n1", "a quote of this line is not closed");
        row("kill $NODE", "put it in single quotes");
        row("kill n1; rm x", "put it in single quotes");
        row("kill n1 | cat", "put it in single quotes");
        row("etcdctl get a", "of etcdctl's commands only put");
        row("etcdctl put a b c", "of etcdctl's commands only put");
        row("put k 'a\\q'", "a backslash begins none of");
        row("del k --mod-revision x", "--mod-revision x: must be a whole number");
    }
    void badLines() {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto read = parseAction(line.toStdString());
        QVERIFY(!read.ok());
        QCOMPARE(read.error().code, base::Errc::invalidArgument);
        QVERIFY2(text(read.error()).contains(says), read.error().text.c_str());
        QVERIFY(read.error().said != nullptr);
    }

    void badJson_data() {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* object, const char* says) {
            QTest::newRow(object) << QString::fromLatin1(object) << QString::fromLatin1(says);
        };
        row("[]", "an object with a field \"action\"");
        row("{}", "an object with a field \"action\"");
        row(R"({"action":7})", "an object with a field \"action\"");
        row(R"({"action":"explode"})", "there is no action \"explode\"");
        row(R"({"action":"killNode"})", "action killNode: field \"node\" is missing");
        row(R"({"action":"killNode","node":[]})", "field \"node\" must be a text");
        row(R"({"action":"killNode","node":"n1","hard":true})", "field \"hard\" is not one that it has");
        row(R"({"action":"cutLink","from":"n1","to":"n2","bothWays":1})", "must be true or false");
        row(R"({"action":"delayLink","from":"n1","to":"n2","delayMs":-1})", "whole number");
        row(R"({"action":"delayLink","from":"n1","to":"n2","delayMs":99999999999999999999})", "whole number");
        row(R"({"action":"dropOnLink","from":"n1","to":"n2","share":"all"})", "must be a number from 0 to 1");
        row(R"({"action":"partition","groups":[1]})", "list of lists");
        row(R"({"action":"resolveHeld","message":"n1","how":"drop"})", "must be a held message");
        row(R"({"action":"resolveHeld","message":"all","how":"burn"})", "must be deliver, drop or duplicate");
        row(R"({"action":"setPace","pace":"fast"})", "must be classroom, paper, etcd");
        row(R"({"action":"setPace","pace":{"heartbeatMs":1}})", "field \"electionMs\" is missing");
        row(R"({"action":"put","key":"a\\q","value":""})", "has a backslash");
    }
    void badJson() {
        QFETCH(QString, object);
        QFETCH(QString, says);
        const auto read = actionFromJson(nlohmann::json::parse(object.toStdString()));
        QVERIFY(!read.ok());
        QVERIFY2(text(read.error()).contains(says), read.error().text.c_str());
    }

    // A share as people see it, exactly the same number when it is read back.
    void shares() {
        QCOMPARE(shareText(0.07), std::string("7%"));
        QCOMPARE(shareText(0.3), std::string("30%"));
        QCOMPARE(shareText(1), std::string("100%"));
        QCOMPARE(shareText(0), std::string("0%"));
        QCOMPARE(shareText(0.125), std::string("12.5%"));
    }
};

RAFTARIUM_TEST_CLASS(TestControlActions)
#include "test_control_actions.moc"
