//! What the log calls a step of the store, and how it tells of times.

use slog::{Key, Record, Serializer, Value};
use std::any::type_name;
use std::time::Duration;

/// The function of the store that a piece of work is written in.
///
/// Taken from the name of the closure's type, so that no step can be without a name or have another's.
#[derive(Clone, Copy)]
pub(super) struct StepName(fn() -> &'static str);

impl StepName {
    pub(super) fn of<W>(_work: &W) -> Self {
        Self(type_name::<W>)
    }

    fn as_str(self) -> &'static str {
        innermost_function((self.0)())
    }
}

/// Of `countersign::store::<impl Store for Sqlite>::apply<'_>::{{closure}}::{{closure}}`, `apply`.
fn innermost_function(type_name: &str) -> &str {
    let mut path = type_name;
    while let Some((before, _)) = path.rsplit_once("::").filter(|(_, last)| last.starts_with('{')) {
        path = before;
    }
    // Its own generic arguments may hold paths as well; they begin where as many brackets have opened as have closed.
    if path.ends_with('>') {
        let mut depth = 0;
        let begin = path.char_indices().rev().find(|(_, c)| {
            depth += i32::from(*c == '>') - i32::from(*c == '<');
            depth == 0
        });
        path = &path[..begin.map_or(0, |(at, _)| at)];
    }
    path.rsplit("::").next().unwrap_or_default()
}

impl Value for StepName {
    fn serialize(&self, _: &Record<'_>, key: Key, to: &mut dyn Serializer) -> slog::Result {
        to.emit_str(key, self.as_str())
    }
}

/// In whole microseconds.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shop;

    trait Open {
        fn opened(&self) -> StepName;
    }

    impl Open for Shop {
        fn opened(&self) -> StepName {
            let outer = || StepName::of(&|| 5);
            outer()
        }
    }

    #[tokio::test]
    async fn a_step_has_the_name_of_the_function_that_it_is_written_in() {
        assert_eq!(Shop.opened().as_str(), "opened");
        let within = async { StepName::of(&|| Option::<Vec<u8>>::None) };
        assert_eq!(within.await.as_str(), "a_step_has_the_name_of_the_function_that_it_is_written_in");
        assert_eq!(StepName::of(&micros).as_str(), "micros");
        for (of_type, name) in [
            ("store::<impl Store for sqlite::Sqlite>::apply<'_, '_>::{{closure}}::{{closure}}", "apply"),
            ("<store::Sqlite as ports::Store<u8>>::read<alloc::vec::Vec<a::B>>::{{closure}}", "read"),
            ("plain", "plain"),
            ("<odd>", ""),
        ] {
            assert_eq!(innermost_function(of_type), name);
        }
    }

    #[test]
    fn so_has_one_within_a_generic_function() {
        fn generic<'a, T: From<&'a str>>(text: &'a str) -> StepName {
            StepName::of(&move || T::from(text))
        }
        assert_eq!(generic::<String>("text").as_str(), "generic");
    }
}
