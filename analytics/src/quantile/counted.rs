//! Values counted in buckets: what a state becomes when it holds more than a few.

use super::bucket::{self, LARGEST, LAST, Limit};

const MICROSECONDS: f64 = 1e6;

/// Counts by bucket, with the exact ends and the sum.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// How many: the sum of all counts.
    n: u64,
    /// In microseconds, as an integer: sums of floats depend on their order.
    sum: i128,
    min: f64,
    max: f64,
    counts: Counts,
}

/// A bucket counts up to 4,294,967,295 values and takes no more.
#[derive(Debug, Clone)]
enum Counts {
    /// Buckets with values only, ascending, beside their counts.
    Sparse { keys: Vec<i16>, counts: Vec<u32> },
    /// All buckets from `first` on. Chosen once there are as many values as buckets between the ends.
    Dense { first: i16, counts: Vec<u32> },
}

/// As microseconds; what is beyond the range is taken as its end.
fn microseconds(x: f64) -> i64 {
    (x.clamp(-LARGEST, LARGEST) * MICROSECONDS).round_ties_even() as i64
}

impl Counted {
    /// Of some finite values, at least one, which it puts in order.
    pub(super) fn of(values: &mut [f64]) -> Self {
        bucket::sort(values);
        let mut keys = Vec::with_capacity(values.len());
        let mut counts: Vec<u32> = Vec::with_capacity(values.len());
        for x in &*values {
            let key = bucket::of(*x);
            match counts.last_mut() {
                Some(count) if keys.last() == Some(&key) => *count += 1,
                _ => {
                    keys.push(key);
                    counts.push(1);
                }
            }
        }
        Self {
            n: values.len() as u64,
            sum: values.iter().map(|x| i128::from(microseconds(*x))).sum(),
            min: values.first().copied().unwrap_or(f64::INFINITY),
            max: values.last().copied().unwrap_or(f64::NEG_INFINITY),
            counts: Counts::Sparse { keys, counts },
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.n
    }

    /// Adds a finite value.
    pub(super) fn push(&mut self, x: f64) {
        self.sum = self.sum.wrapping_add(i128::from(microseconds(x)));
        self.min = self.min.min(x);
        self.max = self.max.max(x);
        self.add(bucket::of(x), 1);
    }

    fn add(&mut self, key: i16, count: u32) {
        match &mut self.counts {
            Counts::Dense { first, counts } => {
                let at = i32::from(key) - i32::from(*first);
                let Some(slot) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) else {
                    self.widen(key, key);
                    return self.add(key, count);
                };
                self.n += add_to(slot, count);
            }
            Counts::Sparse { keys, counts } => {
                let at = keys.partition_point(|k| *k < key);
                if keys.get(at) == Some(&key) {
                    self.n += add_to(&mut counts[at], count);
                } else {
                    keys.insert(at, key);
                    counts.insert(at, count);
                    self.n += u64::from(count);
                    self.settle();
                }
            }
        }
    }

    /// Makes the counts dense when that takes at most one bucket a value.
    fn settle(&mut self) {
        let Counts::Sparse { keys, .. } = &self.counts else {
            return;
        };
        if let (Some(first), Some(last)) = (keys.first(), keys.last())
            && u64::from(last.abs_diff(*first)) < self.n
        {
            self.widen(*first, *last);
        }
    }

    /// Makes the counts dense, with room for the buckets from `low` to `high`.
    fn widen(&mut self, low: i16, high: i16) {
        let (mut low, mut high) = (low, high);
        match &self.counts {
            Counts::Sparse { keys, .. } => {
                low = keys.first().map_or(low, |k| low.min(*k));
                high = keys.last().map_or(high, |k| high.max(*k));
            }
            Counts::Dense { first, counts } => {
                low = low.min(*first);
                high = high.max(first + counts.len() as i16 - 1);
            }
        }
        let mut wide = vec![0; usize::from(high.abs_diff(low)) + 1];
        for (key, count) in self.buckets() {
            wide[usize::from(key.abs_diff(low))] = count;
        }
        self.counts = Counts::Dense {
            first: low,
            counts: wide,
        };
    }

    /// The buckets with values, ascending, with their counts.
    pub(super) fn buckets(&self) -> Box<dyn DoubleEndedIterator<Item = (i16, u32)> + '_> {
        match &self.counts {
            Counts::Sparse { keys, counts } => {
                Box::new(keys.iter().copied().zip(counts.iter().copied()))
            }
            Counts::Dense { first, counts } => Box::new(
                counts
                    .iter()
                    .enumerate()
                    .filter(|(_, count)| **count > 0)
                    .map(move |(at, count)| (first + at as i16, *count)),
            ),
        }
    }

    /// Adds all of another.
    pub(super) fn merge(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        if let (Counts::Sparse { .. }, Counts::Sparse { .. }) = (&self.counts, &other.counts) {
            self.merge_sparse(other);
            return self.settle();
        }
        let mut ends = other.buckets();
        let low = ends.next().map(|b| b.0);
        let high = ends.next_back().map(|b| b.0).or(low);
        if let (Some(low), Some(high)) = (low, high) {
            self.widen(low, high);
        }
        for (key, count) in other.buckets() {
            self.add(key, count);
        }
    }

    fn merge_sparse(&mut self, other: &Self) {
        let mut keys = Vec::new();
        let mut counts = Vec::new();
        let mut n = 0;
        {
            let mut mine = self.buckets().peekable();
            let mut theirs = other.buckets().peekable();
            loop {
                let next = match (mine.peek(), theirs.peek()) {
                    (Some(a), Some(b)) if a.0 == b.0 => {
                        let mut both = (a.0, a.1);
                        add_to(&mut both.1, b.1);
                        mine.next();
                        theirs.next();
                        Some(both)
                    }
                    (Some(a), Some(b)) if a.0 > b.0 => theirs.next(),
                    (None, _) => theirs.next(),
                    _ => mine.next(),
                };
                let Some((key, count)) = next else { break };
                keys.push(key);
                counts.push(count);
                n += u64::from(count);
            }
        }
        self.n = n;
        self.counts = Counts::Sparse { keys, counts };
    }

    pub(super) fn mean(&self) -> f64 {
        self.sum as f64 / self.n as f64 / MICROSECONDS
    }

    /// The answer for a rank, counted from 1.
    pub(super) fn at_rank(&self, rank: u64) -> Option<f64> {
        if rank == 0 || rank > self.n {
            return None;
        }
        if rank == 1 {
            return Some(self.min);
        }
        if rank == self.n {
            return Some(self.max);
        }
        let mut below = 0;
        for (key, count) in self.buckets() {
            below += u64::from(count);
            if below >= rank {
                return Some(bucket::middle(key).clamp(self.min, self.max));
            }
        }
        None
    }

    pub(super) fn over(&self, limit: Limit) -> u64 {
        let last_within = bucket::of(limit.seconds());
        self.buckets()
            .rev()
            .take_while(|(key, _)| *key > last_within)
            .map(|(_, count)| u64::from(count))
            .sum()
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        match &self.counts {
            Counts::Sparse { keys, counts } => keys.capacity() * 2 + counts.capacity() * 4,
            Counts::Dense { counts, .. } => counts.capacity() * 4,
        }
    }

    /// Writes the sum, the ends, and the buckets: the first key, then each distance and count.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.sum.to_le_bytes());
        out.extend_from_slice(&self.min.to_le_bytes());
        out.extend_from_slice(&self.max.to_le_bytes());
        let mut before = -LAST - 1;
        for (key, count) in self.buckets() {
            put_varint(out, u32::from(key.abs_diff(before)));
            put_varint(out, count);
            before = key;
        }
    }

    /// Reads what [`Counted::encode`] wrote; `None` for what it never writes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (sum, bytes) = bytes.split_first_chunk()?;
        let (min, bytes) = bytes.split_first_chunk()?;
        let (max, mut bytes) = bytes.split_first_chunk()?;
        let sum = i128::from_le_bytes(*sum);
        let (min, max) = (f64::from_le_bytes(*min), f64::from_le_bytes(*max));
        let mut keys: Vec<i16> = Vec::new();
        let mut counts = Vec::new();
        let mut n = 0;
        let mut before = i32::from(-LAST - 1);
        while !bytes.is_empty() {
            let distance = i32::try_from(take_varint(&mut bytes)?).ok()?;
            let count = take_varint(&mut bytes)?;
            before = before.checked_add(distance)?;
            if distance == 0 || count == 0 || before > i32::from(LAST) {
                return None;
            }
            keys.push(before as i16);
            counts.push(count);
            n += u64::from(count);
        }
        Self::checked(n, sum, min, max, keys, counts)
    }

    /// Of buckets in any order, each once.
    pub(super) fn of_buckets(
        buckets: impl Iterator<Item = (i64, i64)>,
        sum_us: i64,
        ends: std::ops::RangeInclusive<f64>,
    ) -> Option<Self> {
        let buckets = buckets.map(|(key, count)| {
            let key = i16::try_from(key).ok().filter(|key| key.abs() <= LAST)?;
            Some((key, u32::try_from(count).ok()?))
        });
        let mut buckets: Vec<(i16, u32)> = buckets.collect::<Option<_>>()?;
        buckets.sort_unstable();
        let n = buckets.iter().map(|(_, count)| u64::from(*count)).sum();
        let (keys, counts): (Vec<i16>, Vec<u32>) = buckets.into_iter().unzip();
        let is_sound = keys.is_sorted_by(|a, b| a < b) && !counts.contains(&0);
        if !is_sound {
            return None;
        }
        Self::checked(n, sum_us.into(), *ends.start(), *ends.end(), keys, counts)
    }

    /// Of ascending buckets; `None` where ends and sum do not fit to them.
    fn checked(
        n: u64,
        sum: i128,
        min: f64,
        max: f64,
        keys: Vec<i16>,
        counts: Vec<u32>,
    ) -> Option<Self> {
        let ends_fit = min.is_finite()
            && max.is_finite()
            && min <= max
            && keys.first() == Some(&bucket::of(min))
            && keys.last() == Some(&bucket::of(max));
        let most = i128::from(n) * i128::from(microseconds(LARGEST));
        if !ends_fit || !(-most..=most).contains(&sum) {
            return None;
        }
        let mut counted = Self {
            n,
            sum,
            min: min + 0.0,
            max: max + 0.0,
            counts: Counts::Sparse { keys, counts },
        };
        counted.settle();
        Some(counted)
    }
}

/// Adds as much as fits and says how much that was.
fn add_to(slot: &mut u32, count: u32) -> u64 {
    let before = *slot;
    *slot = slot.saturating_add(count);
    u64::from(*slot - before)
}

/// Seven bits a byte, the lowest first, the eighth bit says that more follow.
fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let low = u32::from(byte & 0x7f);
        if low.leading_zeros() < shift {
            return None;
        }
        value |= low << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
