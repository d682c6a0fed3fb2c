// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// What is remembered comes back; what is not a value of a setting counts as not remembered.
#include "gui/models/settings.h"
#include "tests/runner/test_class.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include <limits>

using raftarium::gui::Settings;

class TestSettings : public QObject {
    Q_OBJECT

private slots:
    void comesBack();
    void badValuesFallBack_data();
    void badValuesFallBack();
    void badValuesAreNotTaken();
    void nothingIsRememberedWithoutAStore();

private:
    std::unique_ptr<QSettings> store() const {
        return std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    }
    QTemporaryDir m_folder;
};

void TestSettings::comesBack() {
    {
        Settings settings(store());
        QCOMPARE(settings.cluster(), QStringLiteral("demo"));
        settings.setLook(Settings::Projector);
        settings.setScale(1.21);
        settings.setReducedMotion(true);
        settings.setLanguage(QStringLiteral("zh_CN"));
        settings.setCluster(QStringLiteral("lecture"));
    }
    Settings settings(store());
    QCOMPARE(settings.look(), Settings::Projector);
    QCOMPARE(settings.scale(), 1.21);
    QCOMPARE(settings.reducedMotion(), true);
    QCOMPARE(settings.language(), QStringLiteral("zh_CN"));
    QCOMPARE(settings.cluster(), QStringLiteral("lecture"));
    settings.setLook(Settings::Night);
    settings.setReducedMotion(false);
    settings.setLanguage({});
    const Settings again(store());
    QCOMPARE(again.look(), Settings::Night);
    QCOMPARE(again.reducedMotion(), false);
    QCOMPARE(again.language(), QString());
}

void TestSettings::badValuesFallBack_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QVariant>("value");
    QTest::newRow("no theme") << "theme" << QVariant("pink");
    QTest::newRow("theme is a number") << "theme" << QVariant(1);
    QTest::newRow("scale is a word") << "scale" << QVariant("large");
    QTest::newRow("scale too small") << "scale" << QVariant(0.1);
    QTest::newRow("scale too large") << "scale" << QVariant(12);
    QTest::newRow("scale is no number") << "scale" << QVariant("nan");
    QTest::newRow("scale is empty") << "scale" << QVariant("");
    QTest::newRow("motion is a word") << "reducedMotion" << QVariant("maybe");
    QTest::newRow("no language") << "language" << QVariant("xx");
    QTest::newRow("language is a list") << "language" << QVariant(QStringList{"en", "zh_CN"});
    QTest::newRow("cluster is empty") << "cluster" << QVariant("");
    QTest::newRow("cluster is a path") << "cluster" << QVariant("../../etc");
}

void TestSettings::badValuesFallBack() {
    QFETCH(QString, key);
    QFETCH(QVariant, value);
    auto bad = store();
    bad->clear();
    bad->setValue(key, value);
    const Settings settings(std::move(bad)), plain;
    QCOMPARE(settings.look(), plain.look());
    QCOMPARE(settings.scale(), plain.scale());
    QCOMPARE(settings.reducedMotion(), plain.reducedMotion());
    QCOMPARE(settings.language(), plain.language());
    QCOMPARE(settings.cluster(), plain.cluster());
}

void TestSettings::badValuesAreNotTaken() {
    Settings settings;
    QSignalSpy language(&settings, &Settings::languageChanged), scale(&settings, &Settings::scaleChanged);
    settings.setLanguage(QStringLiteral("klingon"));
    QCOMPARE(settings.language(), QString());
    settings.setScale(std::numeric_limits<double>::quiet_NaN());
    QCOMPARE(settings.scale(), 1.0);
    QCOMPARE(language.count() + scale.count(), 0);
    settings.setScale(5);
    QCOMPARE(settings.scale(), Settings::kScaleMost);
    settings.setLanguage(QStringLiteral("en"));
    QCOMPARE(language.count() + scale.count(), 2);
}

void TestSettings::nothingIsRememberedWithoutAStore() {
    Settings().setLook(Settings::Projector);
    QCOMPARE(Settings().look(), Settings::Night);
}

RAFTARIUM_TEST_CLASS(TestSettings)
#include "test_settings.moc"
