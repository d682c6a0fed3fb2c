// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Not compiled: check_layers must refuse it.
#include "proto/etcd/rpc.grpc.pb.h"
