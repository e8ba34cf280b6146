//! The queue of a search: a heap of four children a node, in one array.
//!
//! Four instead of two (Johnson 1975): half the levels, and a node's children share a cache line.

use super::time::Label;

/// Labels with the junction each is offered to, the least first.
#[derive(Debug, Default)]
pub(super) struct Queue(Vec<(Label, u32)>);

const CHILDREN: usize = 4;

impl Queue {
    pub(super) fn push(&mut self, label: Label, node: u32) {
        let heap = &mut self.0;
        let mut hole = heap.len();
        heap.push((label, node));
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if heap[parent].0 <= label {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = (label, node);
    }

    pub(super) fn pop(&mut self) -> Option<(Label, u32)> {
        let last = self.0.pop()?;
        let heap = self.0.as_mut_slice();
        let Some(&first) = heap.first() else {
            return Some(last);
        };
        let mut hole = 0;
        loop {
            let start = hole * CHILDREN + 1;
            let end = (start + CHILDREN).min(heap.len());
            let Some(children) = heap.get(start..end) else {
                break;
            };
            let Some((at, least)) = children.iter().enumerate().min_by_key(|child| child.1.0)
            else {
                break;
            };
            if last.0 <= least.0 {
                break;
            }
            heap[hole] = *least;
            hole = start + at;
        }
        heap[hole] = last;
        Some(first)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::Ticks;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gives_back_in_order(times in prop::collection::vec(0u64..50, 0..200)) {
            let mut queue = Queue::default();
            for (at, time) in times.iter().enumerate() {
                queue.push(Label::new(Ticks(*time), at as u32), at as u32);
            }
            let given: Vec<u64> = std::iter::from_fn(|| queue.pop()).map(|e| e.0.ticks().0).collect();
            let mut sorted = times;
            sorted.sort_unstable();
            prop_assert_eq!(given, sorted);
        }
    }
}
