// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors
#include "cluster/base/left.h"

#include "cluster/base/right.h"
