// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Input of the layer check's own test: both includes are forbidden to this layer.
#pragma once

#include "cluster/storage/wal/wal.h"

#include <thread>
