//! Sets of small numbers, and the slots that give a world's things such numbers. With them what a client was told of
//! thousands of shots is a few hundred words, and asking is one bit.

/// A set of numbers below a fixed end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BitSet {
    words: Vec<u64>,
    len: usize,
}

impl BitSet {
    /// An empty set of numbers below `end`.
    #[must_use]
    pub fn new(end: usize) -> BitSet {
        BitSet { words: vec![0; end.div_ceil(64)], len: 0 }
    }

    /// How many are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether `number` is in it.
    #[must_use]
    pub fn has(&self, number: u16) -> bool {
        self.words[usize::from(number) / 64] >> (number % 64) & 1 == 1
    }

    /// Puts `number` in.
    pub fn insert(&mut self, number: u16) {
        self.len += usize::from(!self.has(number));
        self.words[usize::from(number) / 64] |= 1 << (number % 64);
    }

    /// Takes `number` out; whether it was in.
    pub fn remove(&mut self, number: u16) -> bool {
        let was = self.has(number);
        self.len -= usize::from(was);
        self.words[usize::from(number) / 64] &= !(1 << (number % 64));
        was
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.words.fill(0);
        self.len = 0;
    }
}

/// A slot for each thing of a list that only ever loses things anywhere and gains them at its end.
#[derive(Debug, Clone)]
pub struct Slots<T> {
    now: Vec<(T, u16)>,
    before: Vec<(T, u16)>,
    free: Vec<u16>,
    next: u16,
}

impl<T> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots { now: Vec::new(), before: Vec::new(), free: Vec::new(), next: 0 }
    }
}

impl<T: Copy + PartialEq> Slots<T> {
    /// Takes over the list as it is now. `gone` hears of each thing that is no longer in it; its slot may belong to
    /// another one already, whose coming is told by nothing but its absence from any set.
    pub fn follow(&mut self, things: impl Iterator<Item = T>, mut gone: impl FnMut(u16, T)) {
        core::mem::swap(&mut self.now, &mut self.before);
        self.now.clear();
        let mut old = self.before.iter().peekable();
        for thing in things {
            while let Some(&&(other, slot)) = old.peek()
                && other != thing
            {
                gone(slot, other);
                self.free.push(slot);
                old.next();
            }
            let slot = old.next().map(|(_, slot)| *slot).or_else(|| self.free.pop()).unwrap_or_else(|| {
                self.next += 1;
                self.next - 1
            });
            self.now.push((thing, slot));
        }
        for &(other, slot) in old {
            gone(slot, other);
            self.free.push(slot);
        }
    }

    /// The slot of the list's thing number `index`.
    #[must_use]
    pub fn of(&self, index: usize) -> u16 {
        self.now[index].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_two_things_share_a_slot_and_each_keeps_its_own(rounds in proptest::collection::vec((any::<u64>(), 0usize..5), 1..40)) {
            let (mut slots, mut list, mut next): (Slots<u32>, Vec<u32>, u32) = (Slots::default(), Vec::new(), 0);
            let mut held: BTreeMap<u32, u16> = BTreeMap::new();
            for (fate, births) in rounds {
                let mut place = 0;
                list.retain(|_| {
                    place += 1;
                    fate >> (place % 64) & 1 == 0
                });
                for _ in 0..births {
                    list.push(next);
                    next += 1;
                }
                let mut gone = Vec::new();
                slots.follow(list.iter().copied(), |slot, thing| gone.push((thing, slot)));
                for (thing, slot) in gone {
                    prop_assert_eq!(held.remove(&thing), Some(slot));
                }
                for (index, thing) in list.iter().enumerate() {
                    let slot = *held.entry(*thing).or_insert(slots.of(index));
                    prop_assert_eq!(slot, slots.of(index));
                }
                let mut taken: Vec<u16> = held.values().copied().collect();
                taken.sort_unstable();
                taken.dedup();
                prop_assert_eq!((taken.len(), held.len()), (list.len(), list.len()));
            }
        }

        #[test]
        fn a_set_counts_what_is_in_it(numbers in proptest::collection::vec((0u16..300, any::<bool>()), 0..200)) {
            let (mut set, mut model) = (BitSet::new(300), std::collections::BTreeSet::new());
            for (number, come) in numbers {
                if come {
                    set.insert(number);
                    model.insert(number);
                } else {
                    prop_assert_eq!(set.remove(number), model.remove(&number));
                }
                prop_assert_eq!((set.len(), set.has(number)), (model.len(), model.contains(&number)));
            }
            set.clear();
            prop_assert_eq!(set, BitSet::new(300));
        }
    }
}
