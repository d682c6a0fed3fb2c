// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "gui/models/player.h"

#include "gui/models/time_text.h"

#include <cmath>

namespace raftarium::gui {

void Player::open(Source source, const observe::History* history, observe::TimeNs beginNs) {
    m_source = source;
    m_history = history;
    m_playhead = {};
    m_beginNs = m_edgeNs = beginNs;
    ++m_jumps;
    emit changed();
}

void Player::advance(qreal seconds, observe::TimeNs beginNs, observe::TimeNs edgeNs) {
    const auto before = m_playhead.mode();
    m_beginNs = beginNs;
    m_edgeNs = edgeNs;
    m_playhead.advance(seconds, beginNs, edgeNs, m_source == Source::live);
    if (m_playhead.mode() != before) emit changed();
    emit moved();
}

QString Player::speedText() const {
    const double speed = m_playhead.speed();
    return speed >= 0.995 ? QStringLiteral("1×") : QStringLiteral("1/%1×").arg(std::lround(1 / speed));
}

QString Player::clockText() const { return timeText(m_beginNs == 0 ? 0 : m_playhead.at() - m_beginNs, 3); }

QString Player::lagText() const {
    const double seconds = static_cast<double>(m_edgeNs - m_playhead.at()) / 1e9;
    return seconds < 0.05 ? QString() : tr("−%1 s").arg(seconds, 0, 'f', seconds < 100 ? 1 : 0);
}

void Player::jump() {
    ++m_jumps;
    emit jumped();
    emit changed();
}

void Player::follow() {
    m_playhead.follow();
    if (m_source == Source::recording) {
        m_playhead.pause();
        m_playhead.seek(m_edgeNs);
    }
    jump();
}

void Player::togglePlay() {
    if (m_playhead.mode() == Playhead::Mode::paused)
        m_playhead.play();
    else
        m_playhead.pause();
    emit changed();
}

void Player::pause() {
    m_playhead.pause();
    emit changed();
}

void Player::seek(qint64 timeNs) {
    m_playhead.seek(timeNs);
    jump();
}

void Player::step(int direction, bool messages) {
    m_playhead.pause();
    if (m_history) {
        const auto weight = messages ? observe::Weight::message : observe::Weight::meaningful;
        const auto time =
            direction > 0 ? m_history->next(m_playhead.at(), weight) : m_history->previous(m_playhead.at(), weight);
        if (time) m_playhead.seek(*time);
    }
    jump();
}

void Player::setSpeed(qreal speed) {
    m_playhead.setSpeed(speed);
    emit changed();
}

}  // namespace raftarium::gui
