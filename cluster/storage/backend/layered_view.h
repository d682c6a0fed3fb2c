// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

#pragma once

#include "cluster/mvcc/backend/backend.h"
#include "cluster/storage/backend/lmdb_environment.h"
#include "cluster/storage/backend/write_buffer.h"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace raftarium::storage {

struct Layer {
    std::shared_ptr<WriteBuffer> buffer;
    std::uint64_t sequence = 0;
};

// A view of the store: write buffers over a read transaction of LMDB, newest first. If the transaction already contains
// writes of a buffer, the buffer hides them with the same values. So the progress of a running commit does not matter.
class LayeredView final : public mvcc::ReadView {
public:
    LayeredView(std::vector<Layer> layers, std::shared_ptr<LmdbEnvironment> environment, MDB_txn* transaction)
        : m_layers(std::move(layers)), m_environment(std::move(environment)), m_transaction(transaction) {}
    LayeredView(const LayeredView&) = delete;
    LayeredView& operator=(const LayeredView&) = delete;
    ~LayeredView() override { m_environment->endRead(m_transaction); }

    std::optional<std::string_view> get(mvcc::Bucket bucket, std::string_view key) override;
    void scan(mvcc::Bucket bucket, std::string_view from, std::string_view to, const Visitor& visit) override;

private:
    std::vector<Layer> m_layers;
    std::shared_ptr<LmdbEnvironment> m_environment;
    MDB_txn* m_transaction;
    std::size_t m_scanned = 0;  // since pages were released
};

}  // namespace raftarium::storage
