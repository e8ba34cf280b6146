//! Branch and bound, depth first. A node is a reduced model: what is decided is folded into it, so
//! deeper nodes are smaller and cheaper.

use super::{Meter, Model, dual, greedy, primal, whole};
use dual::{Effort, minimise};

/// At the root the bound pays for itself in every node below.
const ROOT: Effort = Effort {
    evaluations: 1500,
    patience: 80,
};
/// Below, the multipliers of the parent are close already.
const NODE: Effort = Effort {
    evaluations: 150,
    patience: 20,
};

/// A relaxed choice within this part of the best value is worth swaps.
const NEAR: i64 = 60;

/// The best choice known, and what is proven.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Solved {
    /// Ascending.
    pub(in super::super) chosen: Vec<u32>,
    /// Its value.
    pub(in super::super) value: i64,
    /// No choice is worth more.
    pub(in super::super) bound: i64,
    pub(in super::super) nodes: u64,
}

struct Node<M> {
    model: M,
    p: usize,
    multipliers: Vec<i64>,
    /// The candidates' numbers in the whole problem.
    ids: Vec<u32>,
    entered: Vec<u32>,
    bound: i64,
    effort: Effort,
}

/// Chooses `p` of the model's candidates. With a `goal` it only settles whether a choice is worth
/// that much: it ends when one is, and the bound is then only as low as was needed.
pub(in super::super) fn solve<M: Model>(
    model: M,
    p: usize,
    goal: Option<i64>,
    meter: &mut Meter<'_>,
) -> Solved {
    let count = model.candidates();
    let p = p.min(count);
    let unit = model.unit();
    let mut first = greedy(&model, p, i64::MAX, meter);
    let value = model.improve(&mut first, meter);
    let mut best = Incumbent {
        chosen: first,
        value,
        floor: goal.map_or(i64::MIN, |goal| goal - unit),
    };
    let mut nodes = 0;
    // Where the search was cut at the goal and not at the best value, that is all that is proven.
    let mut proven = i64::MIN;
    let multipliers = model.ceilings().iter().map(|&most| most / 2).collect();
    let mut open = vec![Node {
        model,
        p,
        multipliers,
        ids: (0..count as u32).collect(),
        entered: Vec::new(),
        bound: i64::MAX,
        effort: ROOT,
    }];
    while let Some(node) = open.pop() {
        let is_reached = goal.is_some_and(|goal| best.value >= goal);
        // The root is always bounded once, so that even no budget has a bound.
        if is_reached || (meter.is_spent() && nodes > 0) {
            open.push(node);
            break;
        }
        if node.bound <= best.cut() {
            proven = proven.max(node.bound.min(best.cut()));
            continue;
        }
        nodes += 1;
        let bound = expand(node, &mut best, &mut open, meter, unit);
        proven = proven.max(bound);
    }
    let still_open = open.iter().map(|node| node.bound).max();
    let bound = still_open.unwrap_or(i64::MIN).max(proven).max(best.value);
    best.chosen.sort_unstable();
    Solved {
        chosen: best.chosen,
        value: best.value,
        bound,
        nodes,
    }
}

struct Incumbent {
    chosen: Vec<u32>,
    value: i64,
    /// What the goal makes not worth knowing about.
    floor: i64,
}

impl Incumbent {
    fn cut(&self) -> i64 {
        self.value.max(self.floor)
    }

    fn offer(&mut self, value: i64, chosen: impl Iterator<Item = u32>) {
        if value > self.value {
            self.value = value;
            self.chosen = chosen.collect();
        }
    }
}

/// Bounds a node and pushes what is left of it. Gives what is proven for the part that is closed.
fn expand<M: Model>(
    node: Node<M>,
    best: &mut Incumbent,
    open: &mut Vec<Node<M>>,
    meter: &mut Meter<'_>,
    unit: i64,
) -> i64 {
    let Node { model, p, ids, .. } = node;
    let named = |chosen: &[u32]| -> Vec<u32> {
        let own = chosen.iter().map(|&at| ids[at as usize]);
        node.entered.iter().copied().chain(own).collect()
    };
    if p == 0 || p >= model.candidates() {
        let all: Vec<u32> = (0..p.min(model.candidates()) as u32).collect();
        best.offer(model.worth(&all), named(&all).into_iter());
        return best.cut();
    }
    let is_root = node.bound == i64::MAX;
    let mut tries = 0;
    let is_thorough = node.effort.evaluations == ROOT.evaluations;
    let most_tries = if is_thorough { 12 } else { 1 };
    let dual = minimise(
        &model,
        p,
        node.multipliers,
        node.effort,
        best.cut(),
        meter,
        |chosen, meter| {
            let mut chosen = chosen.to_vec();
            let mut value = model.worth(&chosen);
            // Near the best one, swaps may make it better; a few times are enough.
            let is_near = value > best.value - (best.value / NEAR).max(unit);
            if is_near && value != best.value && tries < most_tries {
                tries += 1;
                value = model.improve(&mut chosen, meter);
            }
            best.offer(value, named(&chosen).into_iter());
            best.cut()
        },
    );
    let bound = whole(dual.bound, unit).min(node.bound);
    if bound > best.cut() && is_thorough {
        let mut chosen = primal::leading(&dual.average, p);
        let value = primal::kicks(&model, &mut chosen, &dual.leave, meter);
        best.offer(value, named(&chosen).into_iter());
    }
    let cut = best.cut();
    if bound <= cut {
        return bound;
    }
    let enter: Vec<u32> = indices(&dual.enter);
    if enter.iter().any(|&at| dual.leave[at as usize]) {
        // Nothing better than the cut does with it, nor without it.
        return cut;
    }
    let left = dual.leave.iter().filter(|leave| **leave).count();
    let remaining = model.candidates() - enter.len() - left;
    if enter.len() > p || remaining + enter.len() < p {
        // Nothing better than the cut fits what is decided.
        return cut;
    }
    let child = |model: &M, enter: &[u32], leave: &[bool], effort: Effort| {
        let (smaller, multipliers) = model.reduce(enter, leave, &dual.multipliers);
        let is_decided = |at: usize| leave[at] || enter.contains(&(at as u32));
        Node {
            model: smaller,
            p: p - enter.len(),
            multipliers,
            ids: (0..ids.len())
                .filter(|&at| !is_decided(at))
                .map(|at| ids[at])
                .collect(),
            entered: named(enter),
            bound,
            effort,
        }
    };
    // Much was decided: bound what is left anew before branching.
    let decided = enter.len() + left;
    if decided * 5 > model.candidates() || remaining <= 1 || enter.len() == p {
        let effort = if is_root { ROOT } else { NODE };
        open.push(child(&model, &enter, &dual.leave, effort));
        return cut;
    }
    let is_free = |at: &usize| !dual.leave[*at] && !dual.enter[*at];
    let doubt = |at: usize| (dual.average[at] - 0.5).abs();
    let Some(on) = (0..model.candidates())
        .filter(is_free)
        .min_by(|&a, &b| doubt(a).total_cmp(&doubt(b)))
    else {
        return bound;
    };
    let mut without = dual.leave.clone();
    without[on] = true;
    let mut with = enter.clone();
    with.push(on as u32);
    open.push(child(&model, &enter, &without, NODE));
    if with.len() <= p {
        open.push(child(&model, &with, &dual.leave, NODE));
    }
    // What the reduced costs put aside is worth no more than the cut.
    cut
}

fn indices(mask: &[bool]) -> Vec<u32> {
    let all = mask.iter().enumerate();
    all.filter(|(_, held)| **held)
        .map(|(at, _)| at as u32)
        .collect()
}
