//! Sorting a few things by little code: every type that the library's sorts are made for costs the page some 5 KB, and
//! most of our lists have ten entries.
//!
//! Invariant: what compares equal keeps its order. Not here: long lists, for which the library's sorts are right.

use core::cmp::Ordering;

/// Sorts `list` by insertion: for a hundred entries at most.
pub fn sort_few<T>(list: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && compare(&list[at - 1], &list[at]) == Ordering::Greater {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn few_are_sorted_as_the_library_does(mut list in proptest::collection::vec((0..9u8, any::<u8>()), 0..40)) {
            let mut wanted = list.clone();
            wanted.sort_by_key(|(key, _)| *key);
            sort_few(&mut list, |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(list, wanted);
        }
    }
}
