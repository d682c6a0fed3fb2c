// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/app/window.h"

#include "gui/theme/theme.h"

#include <QGuiApplication>
#include <QImage>
#include <QtQml/qqmlextensionplugin.h>

Q_IMPORT_QML_PLUGIN(Raftarium_AppPlugin)
Q_IMPORT_QML_PLUGIN(Raftarium_ModelsPlugin)
Q_IMPORT_QML_PLUGIN(Raftarium_PanelsPlugin)
Q_IMPORT_QML_PLUGIN(Raftarium_StagePlugin)
Q_IMPORT_QML_PLUGIN(Raftarium_ThemePlugin)
Q_IMPORT_QML_PLUGIN(Raftarium_TimelinePlugin)

namespace raftarium::gui {

void chooseRenderer() {
    const bool display = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    const bool offscreen = qEnvironmentVariable("QT_QPA_PLATFORM").startsWith(QLatin1String("offscreen"));
    if (!offscreen || display) return;
    QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
}

MainWindow::MainWindow(Session* session, ClusterOpener* opener, const QSize& size) : m_session(session) {
    QCoreApplication::instance()->installEventFilter(this);
    // The software renderer draws no trails and pulses.
    if (QQuickWindow::graphicsApi() == QSGRendererInterface::Software) Theme::instance()->setReducedMotion(true);
    m_engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
    QVariantMap properties{{QStringLiteral("session"), QVariant::fromValue(session)},
                           {QStringLiteral("opener"), QVariant::fromValue(opener)}};
    if (size.isValid()) {
        properties.insert(QStringLiteral("width"), size.width());
        properties.insert(QStringLiteral("height"), size.height());
    }
    m_engine.setInitialProperties(properties);
    m_engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Raftarium/App/Main.qml")));
    if (!m_engine.rootObjects().isEmpty()) m_window = qobject_cast<QQuickWindow*>(m_engine.rootObjects().first());
}

bool MainWindow::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::LanguageChange && object == QCoreApplication::instance()) {
        m_engine.retranslate();
        m_session->retranslate();
    }
    return QObject::eventFilter(object, event);
}

base::Status MainWindow::save(const QString& path) const {
    const QImage image = m_window->grabWindow();
    if (image.isNull())
        return base::sayError(base::Errc::internal,
                              {RAFTARIUM_TEXT("Window", "The window could not be drawn: is there a display?"), {}});
    if (!image.save(path))
        return base::sayError(
            base::Errc::ioError,
            {RAFTARIUM_TEXT("Window", "{0} cannot be written: is there such a folder, and does the name end in .png?"),
             {path.toStdString()}});
    return {};
}

}  // namespace raftarium::gui
