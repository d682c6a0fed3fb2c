// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "tests/gui/text_walk.h"

#include <QAccessible>
#include <QFile>
#include <QProcess>
#include <QQuickItem>
#include <QSet>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

namespace raftarium::testing {

namespace {

constexpr char16_t kOpen = u'⟦', kClose = u'⟧';

QString run(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(120'000)) return program + QStringLiteral(" does not run");
    return process.exitCode() == 0 ? QString() : QString::fromUtf8(process.readAll());
}

// Writes the extracted file again, with a translation for each message.
QString translate(const QString& from, const QString& to) {
    QFile in(from), out(to);
    if (!in.open(QIODevice::ReadOnly) || !out.open(QIODevice::WriteOnly)) return from + QStringLiteral(" is not there");
    QXmlStreamReader reader(&in);
    QXmlStreamWriter writer(&out);
    QString source;
    bool numerus = false;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement() && reader.name() == u"message")
            numerus = reader.attributes().value(QLatin1String("numerus")) == u"yes";
        if (reader.isStartElement() && reader.name() == u"source") {
            source = reader.readElementText();
            writer.writeTextElement(QStringLiteral("source"), source);
            continue;
        }
        if (reader.isStartElement() && reader.name() == u"translation") {
            reader.skipCurrentElement();
            writer.writeStartElement(QStringLiteral("translation"));
            if (numerus)
                for (int form = 0; form < 2; ++form)
                    writer.writeTextElement(QStringLiteral("numerusform"), pseudo(source));
            else
                writer.writeCharacters(pseudo(source));
            writer.writeEndElement();
            continue;
        }
        if (!reader.atEnd()) writer.writeCurrentToken(reader);
    }
    writer.writeEndDocument();
    return reader.hasError() ? reader.errorString() : QString();
}

class Walk {
public:
    Walk(const QRegularExpression& data) : m_data(data) {}

    void check(const QObject* object, const char* what, const QString& text) {
        if (const QString part = untranslatedPart(text, m_data); !part.isEmpty())
            m_findings.append(QStringLiteral("%1 \"%2\" of %3: \"%4\"")
                                  .arg(QString::fromLatin1(what), text,
                                       QString::fromLatin1(object->metaObject()->className()), part));
    }
    void item(QQuickItem* item) {
        if (!item->isVisible()) return;
        const bool isData = item->property("isData").toBool();
        if (!isData) {
            if (item->inherits("QQuickText")) check(item, "text", item->property("text").toString());
            for (const char* name : {"placeholderText", "hint"}) check(item, name, item->property(name).toString());
            if (QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(item))
                if (!item->inherits("QQuickText") && !item->inherits("QQuickTextInput"))
                    check(item, "name", heard->text(QAccessible::Name));
        }
        tooltips(item);
        for (QQuickItem* child : item->childItems()) this->item(child);
    }
    void tooltips(QObject* object) {
        for (QObject* child : object->children()) {
            if (!child->inherits("QQuickToolTip") || m_seen.contains(child)) continue;
            m_seen.insert(child);
            if (!child->property("isData").toBool()) check(child, "tooltip", child->property("text").toString());
        }
    }
    QStringList findings() const { return m_findings; }

private:
    const QRegularExpression& m_data;
    QSet<QObject*> m_seen;
    QStringList m_findings;
};

}  // namespace

QString pseudo(const QString& text) {
    static const QString kPlain = QStringLiteral("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    static const QString kAccented = QStringLiteral("ábçďéƒğĥíĵķľɱñóþɋŕśťúṽŵẋýžÁßÇĎÉƑĞĤÍĴĶĽṀÑÓÞɊŔŚŤÚṼŴẊÝŽ");
    QString said(kOpen);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto at = kPlain.indexOf(text[i]);
        const bool place = i > 0 && text[i - 1] == u'%' && text[i] == u'n';
        said += at < 0 || place ? text[i] : text[i] == u'b' ? QChar(u'ƀ') : kAccented[at];
    }
    return said + QChar(kClose);
}

PseudoLanguage makePseudoLanguage(const QString& folder) {
    PseudoLanguage made{folder + QStringLiteral("/extracted.ts"), folder + QStringLiteral("/pseudo.qm"), {}};
    const QString translated = folder + QStringLiteral("/pseudo.ts");
    QStringList arguments = QString::fromUtf8(RAFTARIUM_LUPDATE_COMMAND).split(QLatin1Char('|'));
    const QString lupdate = arguments.takeFirst();
    made.problem = run(lupdate, arguments + QStringList{QStringLiteral("-source-language"), QStringLiteral("en"),
                                                        QStringLiteral("-target-language"), QStringLiteral("en"),
                                                        QStringLiteral("-ts"), made.tsFile});
    if (made.problem.isEmpty()) made.problem = translate(made.tsFile, translated);
    if (made.problem.isEmpty())
        made.problem = run(QStringLiteral(RAFTARIUM_LRELEASE), {translated, QStringLiteral("-qm"), made.qmFile});
    return made;
}

QString untranslatedPart(const QString& text, const QRegularExpression& data) {
    static const QRegularExpression kWord(QStringLiteral("[A-Za-z][A-Za-z0-9_-]*"));
    int depth = 0;
    QString outside, inside;
    for (const QChar letter : text) {
        if (letter == kOpen) ++depth;
        (depth > 0 ? inside : outside) += letter == kOpen || letter == kClose ? QChar(u' ') : letter;
        if (letter == kClose) --depth;
    }
    for (const QChar letter : outside)
        if (letter.isLetter()) return outside.trimmed();
    for (auto word = kWord.globalMatch(inside); word.hasNext();) {
        const QString found = word.next().captured();
        if (!data.match(found, 0, QRegularExpression::NormalMatch).hasMatch()) return found;
    }
    return {};
}

QStringList untranslatedTexts(QQuickWindow* window, const QRegularExpression& data) {
    Walk walk(data);
    if (window->title() != QLatin1String("Raftarium")) walk.check(window, "title", window->title());
    walk.item(window->contentItem());
    return walk.findings();
}

}  // namespace raftarium::testing
