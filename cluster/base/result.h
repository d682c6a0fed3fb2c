// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Raftarium authors

// Errors are values: a function that can fail for a reason outside the program returns Result<T>.
#pragma once

#include "cluster/base/check.h"
#include "cluster/base/text.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace raftarium::base {

// The kind of an error. `Error::api` may have a more exact code from the layer that made it.
enum class Errc : std::uint8_t {
    invalidArgument,  // the caller's input is wrong; the text names the flag or field
    notFound,
    exists,
    outOfRange,
    unavailable,  // try again later
    timeout,
    ioError,     // the operating system failed; the text has path and reason
    corruption,  // wrong bytes on the disk or the wire; the text has file and offset
    noSpace,
    aborted,
    unimplemented,
    internal,
};

struct Error {
    Errc code = Errc::internal;
    std::string text;  // what, where and what to do
    int api = 0;       // 0 = none; else mvcc::ApiError
    // The same as data, for errors that the app shows and says in its language; else null.
    std::shared_ptr<const Text> said = nullptr;
};

// An error that the app can say in its language.
inline Error sayError(Errc code, Text text) {
    std::string english = text.english();
    return {code, std::move(english), 0, std::make_shared<const Text>(std::move(text))};
}

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return checked(); }
    const T& value() const& { return const_cast<Result*>(this)->checked(); }
    T&& value() && { return std::move(checked()); }
    T& operator*() & { return checked(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(checked()); }
    T* operator->() { return &checked(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        RAFTARIUM_CHECK(!ok());
        return std::get<1>(m_state);
    }

private:
    T& checked() {
        if (!ok()) base::checkFailed(__FILE__, __LINE__, "Result::value()", std::get<1>(m_state).text);
        return std::get<0>(m_state);
    }

    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    const Error& error() const {
        RAFTARIUM_CHECK(!ok());
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

}  // namespace raftarium::base
