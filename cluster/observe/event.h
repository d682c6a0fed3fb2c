// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// The telemetry values that the reducer, the feed and the views work on (cluster/telemetry), by their short names.
#pragma once

#include "cluster/telemetry/event.h"

namespace raftarium::observe {

using telemetry::ActionOutcome;
using telemetry::ActionTaken;
using telemetry::Alarm;
using telemetry::AlarmChanged;
using telemetry::AlarmType;
using telemetry::Applied;
using telemetry::Boxed;
using telemetry::Cause;
using telemetry::ClientRequest;
using telemetry::CommitAdvanced;
using telemetry::Compacted;
using telemetry::Configuration;
using telemetry::ConfigurationChanged;
using telemetry::DropReason;
using telemetry::ElectionDeadline;
using telemetry::Event;
using telemetry::EventKind;
using telemetry::FaultsChanged;
using telemetry::FullState;
using telemetry::KeyChanged;
using telemetry::Lease;
using telemetry::LeaseCause;
using telemetry::LeaseChange;
using telemetry::LeaseChanged;
using telemetry::Lifecycle;
using telemetry::LifecyclePhase;
using telemetry::LinkFaults;
using telemetry::LogAppended;
using telemetry::LogCompacted;
using telemetry::LogEntry;
using telemetry::LogTruncated;
using telemetry::Lost;
using telemetry::Member;
using telemetry::Message;
using telemetry::MessageDelayed;
using telemetry::MessageDropped;
using telemetry::MessageKey;
using telemetry::MessageKind;
using telemetry::MessageReceived;
using telemetry::MessageSent;
using telemetry::NodeId;
using telemetry::Pace;
using telemetry::PaceChanged;
using telemetry::ProcessChanged;
using telemetry::ProcessState;
using telemetry::Progress;
using telemetry::ProgressChanged;
using telemetry::ProgressState;
using telemetry::RequestPhase;
using telemetry::Role;
using telemetry::RoleCause;
using telemetry::RoleChanged;
using telemetry::Rule;
using telemetry::RuleFired;
using telemetry::SnapshotPhase;
using telemetry::SnapshotProgress;
using telemetry::StreamEnded;
using telemetry::TallyResult;
using telemetry::TermChanged;
using telemetry::TimeNs;
using telemetry::VoteCast;
using telemetry::VoteResult;
using telemetry::VoteTally;
using telemetry::WalSynced;
using telemetry::WatchDelivered;
using telemetry::Watcher;
using telemetry::WatcherCause;
using telemetry::WatcherGroup;
using telemetry::WatcherMoved;

}  // namespace raftarium::observe
