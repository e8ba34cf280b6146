//! The searches: Dijkstra (1959) from all points at once, the same in blocks for a country, and
//! bounded around one place. All go against the direction of travel, from the points outwards.
//!
//! A junction's label is the least (time, rank) over all points, and [`Label`] keeps that order
//! under addition, so every search that ends with no label left to improve ends with the same
//! labels. That is what lets a country be searched in blocks: each block of junctions is searched
//! by itself, hands what it would improve across its border to its neighbours, and this is
//! repeated until nothing is handed over. A block's labels fit into a processor's cache.

use super::{
    graph::Graph,
    queue::Queue,
    time::{Label, Ticks},
};
use rayon::prelude::*;

/// Junctions in a block: their labels take half a mebibyte.
const BLOCK: usize = 1 << 16;

/// Labels offered to junctions.
pub(super) type Offers = Vec<(u32, Label)>;

/// For each junction, the best label that the seeds lead to.
pub(super) fn labels(graph: &Graph, seeds: &[(u32, Label)]) -> Vec<Label> {
    if graph.node_count() <= 2 * BLOCK {
        let mut labels = vec![Label::NONE; graph.node_count()];
        let mut queue = Queue::default();
        settle(graph, &mut labels, &mut queue, seeds, |_, _| {});
        return labels;
    }
    in_blocks(graph, seeds, BLOCK)
}

/// Offers labels and follows what they improve; `improved` hears of every junction that got a
/// better label, once for each time.
pub(super) fn settle(
    graph: &Graph,
    labels: &mut [Label],
    queue: &mut Queue,
    seeds: &[(u32, Label)],
    mut improved: impl FnMut(u32, Label),
) {
    queue.clear();
    for &(node, label) in seeds {
        if label < labels[node as usize] {
            labels[node as usize] = label;
            improved(node, label);
            queue.push(label, node);
        }
    }
    while let Some((label, node)) = queue.pop() {
        if labels[node as usize] != label {
            continue;
        }
        for arc in graph.arcs(node) {
            let next = label.after(arc.span.ticks());
            let slot = &mut labels[arc.node() as usize];
            if next < *slot && arc.is_inward() {
                *slot = next;
                improved(arc.node(), next);
                queue.push(next, arc.node());
            }
        }
    }
}

#[derive(Default)]
struct Block {
    queue: Queue,
    inbox: Offers,
    outbox: Offers,
}

/// As [`labels`], in blocks of so many junctions.
pub(super) fn in_blocks(graph: &Graph, seeds: &[(u32, Label)], size: usize) -> Vec<Label> {
    let mut labels = vec![Label::NONE; graph.node_count()];
    let mut blocks: Vec<Block> = Vec::new();
    blocks.resize_with(graph.node_count().div_ceil(size), Block::default);
    for &(node, label) in seeds {
        blocks[node as usize / size].inbox.push((node, label));
    }
    loop {
        blocks
            .par_iter_mut()
            .zip(labels.par_chunks_mut(size))
            .enumerate()
            .for_each(|(at, (block, labels))| {
                block.settle(graph, labels, (at * size) as u32);
            });
        let offers: Vec<Offers> = blocks
            .iter_mut()
            .map(|block| std::mem::take(&mut block.outbox))
            .collect();
        let mut is_quiet = true;
        for (node, label) in offers.into_iter().flatten() {
            if label < labels[node as usize] {
                blocks[node as usize / size].inbox.push((node, label));
                is_quiet = false;
            }
        }
        if is_quiet {
            return labels;
        }
    }
}

impl Block {
    /// Takes in what was offered and follows it as far as the block goes; `start` is the number
    /// of its first junction.
    fn settle(&mut self, graph: &Graph, labels: &mut [Label], start: u32) {
        for (node, label) in self.inbox.drain(..) {
            let slot = &mut labels[(node - start) as usize];
            if label < *slot {
                *slot = label;
                self.queue.push(label, node);
            }
        }
        while let Some((label, node)) = self.queue.pop() {
            if labels[(node - start) as usize] != label {
                continue;
            }
            for arc in graph.arcs(node) {
                if !arc.is_inward() {
                    continue;
                }
                let next = label.after(arc.span.ticks());
                // Wraps for a lower number, and then is not in the block either.
                let here = arc.node().wrapping_sub(start) as usize;
                match labels.get_mut(here) {
                    Some(slot) if next < *slot => {
                        *slot = next;
                        self.queue.push(next, arc.node());
                    }
                    Some(_) => {}
                    None => self.outbox.push((arc.node(), next)),
                }
            }
        }
    }
}

/// The memory of searches around one place, used again and again: a slot counts only when its
/// stamp is the current one, so that starting anew touches nothing.
#[derive(Debug, Default)]
pub(super) struct Around {
    stamp: u32,
    slots: Vec<(Label, u32)>,
    queue: Queue,
}

impl Around {
    /// All junctions that the seeds lead to within a limit, in order of time.
    pub(super) fn search(
        &mut self,
        graph: &Graph,
        seeds: impl Iterator<Item = (u32, Label)>,
        limit: Ticks,
        mut settled: impl FnMut(u32, Label),
    ) {
        self.start(graph.node_count());
        for (node, label) in seeds {
            self.offer(node, label, limit);
        }
        while let Some((label, node)) = self.queue.pop() {
            if self.slots[node as usize].0 != label {
                continue;
            }
            settled(node, label);
            for arc in graph.arcs(node) {
                if arc.is_inward() {
                    self.offer(arc.node(), label.after(arc.span.ticks()), limit);
                }
            }
        }
    }

    fn start(&mut self, node_count: usize) {
        self.queue.clear();
        if self.slots.len() != node_count || self.stamp == u32::MAX {
            self.slots.clear();
            self.slots.resize(node_count, (Label::NONE, 0));
            self.stamp = 0;
        }
        self.stamp += 1;
    }

    fn offer(&mut self, node: u32, label: Label, limit: Ticks) {
        let slot = &mut self.slots[node as usize];
        let is_better = slot.1 != self.stamp || label < slot.0;
        if is_better && label.ticks() <= limit && !label.is_none() {
            *slot = (label, self.stamp);
            self.queue.push(label, node);
        }
    }
}
