// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// A sorted map whose copies share their content until one of them is edited.
#pragma once

#include <map>
#include <memory>

namespace raftarium::observe {

// Single-threaded copy-on-write: copying costs one pointer, the first edit() after a copy clones.
template <typename Key, typename Value>
class SharedMap {
public:
    using Map = std::map<Key, Value>;
    using const_iterator = typename Map::const_iterator;

    const_iterator begin() const { return read().begin(); }
    const_iterator end() const { return read().end(); }
    const_iterator find(const Key& key) const { return read().find(key); }
    bool contains(const Key& key) const { return read().count(key) != 0; }
    const Value& at(const Key& key) const { return read().at(key); }
    std::size_t size() const { return read().size(); }
    bool empty() const { return read().empty(); }
    const Map& read() const {
        static const Map none;
        return m_map ? *m_map : none;
    }
    Map& edit() {
        if (!m_map)
            m_map = std::make_shared<Map>();
        else if (m_map.use_count() > 1)
            m_map = std::make_shared<Map>(*m_map);
        return *m_map;
    }
    void clear() { m_map.reset(); }

    friend bool operator==(const SharedMap& a, const SharedMap& b) {
        return a.m_map == b.m_map || a.read() == b.read();
    }

private:
    std::shared_ptr<Map> m_map;
};

}  // namespace raftarium::observe
