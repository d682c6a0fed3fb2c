// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#include "cluster/control/controller.h"

namespace raftarium::control {

PaceSpec paceOf(PacePreset preset) {
    switch (preset) {
        case PacePreset::classroom:
            return {1000, 3000, 600};
        case PacePreset::paper:
            return {50, 150, 0};
        case PacePreset::etcd:
            break;
    }
    return {100, 1000, 0};
}

const char* paceName(PacePreset preset) {
    switch (preset) {
        case PacePreset::classroom:
            return "classroom";
        case PacePreset::paper:
            return "paper";
        case PacePreset::etcd:
            break;
    }
    return "etcd";
}

}  // namespace raftarium::control
